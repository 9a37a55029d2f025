// Bursts: which messages of which directed links are lost, doubled, damaged or late, as a short
// list of rules that add up. A rule stays until it is undone or all are cleared. Draws come from
// the caller's generator, one for each rule that fits, so a link that no rule touches draws
// nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/random.hpp"
#include "sim/faults/links.hpp"
#include "sim/scenario/faults.hpp"

namespace lockstep::sim {

class Bursts {
 public:
  using RuleId = std::uint64_t;
  explicit Bursts(Endpoints endpoints) : endpoints_(endpoints) {}

  // Sets without anybody mean everybody.
  RuleId add(const Burst& burst, const EndpointSet& from, const EndpointSet& to);
  bool undo(RuleId rule);  // false when it is gone already
  void clear() { rules_.clear(); }

  [[nodiscard]] bool none() const { return rules_.empty(); }
  // Whether a message of this link is hit by a burst of this kind.
  [[nodiscard]] bool hits(Burst::Kind kind, std::uint32_t from, std::uint32_t to,
                          Random& random) const;
  // What is added to a message's latency.
  [[nodiscard]] Duration late(std::uint32_t from, std::uint32_t to, Random& random);
  // Whether anything was ever added.
  [[nodiscard]] bool delayed() const { return delayed_; }

 private:
  struct Rule {
    RuleId id;
    Burst::Kind kind;
    Ratio ratio;
    Latency by;
    std::vector<bool> from, to;  // by endpoint
  };
  [[nodiscard]] std::vector<bool> members(const EndpointSet& set) const;

  Endpoints endpoints_;
  std::vector<Rule> rules_;
  RuleId last_ = 0;
  bool delayed_ = false;
};

}  // namespace lockstep::sim
