// Remedies: what undoes a fault, and what it means for progress while it lasts and afterwards, kind
// by kind.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "core/base/time.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

// Whom a list of targets means, as far as that can be said before the run.
struct Reach {
  std::set<std::uint32_t> nodes;
  std::uint32_t somebody = 0;
  bool clients = false;
  bool rest = false;

  [[nodiscard]] std::uint32_t size() const {
    return static_cast<std::uint32_t>(nodes.size()) + somebody;
  }
};
[[nodiscard]] Reach reach_of(const std::vector<Target>& targets, std::uint32_t nodes);

// none: it ends by itself alone, or there is nothing to undo.
enum class Remedy : std::uint8_t { none, heal, restart, resume };
[[nodiscard]] Remedy remedy_of(const FaultAction& action);
// What the action is a remedy for.
[[nodiscard]] Remedy gives(const FaultAction& action);

// At most.
[[nodiscard]] std::int64_t strikes_of(const Fault& fault);
// The longest that is drawn, but for one draw in thousands.
[[nodiscard]] Duration longest_of(const Latency& latency);
// How long after its end, or the heal, what it held back may still arrive: messages that left
// before, and machines whose time stands still.
[[nodiscard]] Duration aftermath(const Scenario& scenario, const Fault& fault);

// No protocol here claims to survive it, so nothing is owed, not even when it is over.
[[nodiscard]] bool is_beyond_claims(const Scenario& scenario, const FaultAction& action);

}  // namespace lockstep::sim
