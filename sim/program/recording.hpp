// What a run told, kept in memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/trace/step.hpp"

namespace lockstep::sim {

// Keeps the lines of a run: every one up to `most` steps, and from then on those that change a role
// or a term, and all faults, drops excepted.
class Recording {
 public:
  explicit Recording(std::uint64_t most) : most_(most) {}
  void operator()(TraceLine&& line);
  [[nodiscard]] const std::vector<TraceLine>& lines() const { return lines_; }
  [[nodiscard]] std::uint64_t steps_total() const { return steps_; }
  [[nodiscard]] bool complete() const { return steps_ <= most_; }

 private:
  struct Shown {
    NodeId node;
    std::string role;
    std::uint64_t term = 0;
  };
  bool changes_role(const TracedStep& step);

  std::uint64_t most_;
  std::uint64_t steps_ = 0;
  std::vector<TraceLine> lines_;
  std::vector<Shown> shown_;
};

}  // namespace lockstep::sim
