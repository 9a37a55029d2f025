// What can be known of an advanced Bully election from the audit trails of its nodes, and from what
// they say of their roles when they are asked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "processes/protocol.hpp"

namespace lockstep::processes {

// Of an event that is no trail's: its text is the role in which a node was seen.
inline constexpr const char* seen_role = "seen_role";

// Whether the mode promises that nobody is elected while a quorum hears a leader.
enum class Elections : std::uint8_t { certified, free };

// Witnesses, the rules "one leader an epoch" and "epoch goes back", figures and steps. `events`: of
// each node in its order.
[[nodiscard]] Conclusion look_at_election(std::vector<NodeEvent> events,
                                          const std::vector<sim::TracedFault>& faults,
                                          std::uint32_t nodes, Elections elections);

// Reigns: who was seen as a coordinator, from when to when, by the clock of one machine.
class Reigns {
 public:
  void seen(std::uint32_t node, std::uint64_t epoch, Instant at);
  // Who led all the time between two sightings led at once with another one who did.
  [[nodiscard]] bool two_at_once() const;

 private:
  struct Span {
    Instant first, last;
  };
  std::map<std::pair<std::uint64_t, std::uint32_t>, Span> spans_;  // by epoch and node
};

}  // namespace lockstep::processes
