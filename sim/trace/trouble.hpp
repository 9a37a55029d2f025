// What was broken from when to when, read off a trace: cuts, nodes that were down or paused, links
// and disks that were slow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/trace/step.hpp"

namespace lockstep::sim {

struct Trouble {
  enum class Kind : std::uint8_t {
    cut,     // some links were cut; one Trouble for each set of cut links
    down,    // one node
    paused,  // one node
    slow     // links or disks; until the next heal, as the trace does not say which one it ends
  };
  Kind kind = Kind::cut;
  NodeId node;  // down, paused
  Instant from;
  std::optional<Instant> until;  // none: to the end of the run
  std::size_t line = 0;          // of the TracedFault that began it; no_line: down from the start
  static constexpr std::size_t no_line = static_cast<std::size_t>(-1);
};
constexpr std::string_view name_of(Trouble::Kind kind) {
  switch (kind) {
    case Trouble::Kind::cut: return "cut";
    case Trouble::Kind::down: return "down";
    case Trouble::Kind::paused: return "paused";
    case Trouble::Kind::slow: return "slow";
  }
  return "?";
}

// In order of beginning. `nodes`: how many there are, to tell those that were not started at time
// 0; the trace is then complete.
[[nodiscard]] std::vector<Trouble> read_troubles(const std::vector<TraceLine>& lines,
                                                 std::uint32_t nodes);

}  // namespace lockstep::sim
