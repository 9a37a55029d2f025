// Standstill: what a run had come to at some instant or step, gathered from what it tells: the
// state of every node and client that did anything, and the messages that had not arrived.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "sim/trace/step.hpp"

namespace lockstep::sim {

class Standstill {
 public:
  // One of the two: everything up to this instant, or up to this step, included.
  struct Until {
    std::optional<Instant> time;
    std::optional<std::uint64_t> step;
  };
  explicit Standstill(Until until) : until_(until) {}

  void operator()(const TraceLine& line);

  // Whether the run went on after it.
  [[nodiscard]] bool reached() const { return over_; }
  [[nodiscard]] std::string text() const;
  [[nodiscard]] nlohmann::ordered_json json() const;

 private:
  struct Seen {
    std::string condition = "up";  // "down", "paused", "refused to start"
    std::string role, state, last;
    std::uint64_t term = 0, commit = 0;
  };
  struct UnderWay {
    NodeId from, to;
    std::string name;
    Instant sent;
    std::optional<Instant> arrives;  // none: it waits, or nobody knows
  };
  // A second copy of a node is told apart by what its state says.
  using Who = std::pair<NodeId, bool>;

  [[nodiscard]] bool is_beyond(const TraceLine& line) const;
  void add(const TracedStep& step);
  void add(const TracedFault& fault);
  [[nodiscard]] std::string last_instant() const;

  Until until_;
  bool over_ = false;
  Instant at_;
  std::uint64_t step_ = 0;
  std::map<Who, Seen> seen_;
  std::map<std::uint64_t, UnderWay> under_way_;
};

}  // namespace lockstep::sim
