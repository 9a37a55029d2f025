// trace.shiviz: the run's happened-before relation for ShiViz (Beschastnikh et al., "Debugging
// distributed systems", CACM 2016), one event a step with its vector clock (Fidge, 1988; Mattern,
// 1989).
//
// The first line is the parser expression ShiViz asks for, the second the (empty) delimiter of
// executions; then two lines an event: `n1 {"n1":3,"n2":1}` and `5.000123s what happened`.
// Faults are events of a host named "scenario", which no message ever reaches.
//
// ShiViz draws some ten thousand events and no more, so the export is a prefix of the run, which is
// closed under happened-before: up to `max_events` events and `max_bytes` bytes, and never beyond a
// step that the trace left out. When something is missing, the last event says how much.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/trace/step.hpp"

namespace lockstep::sim {

struct ShivizLimits {
  std::size_t max_events = 20'000;
  std::size_t max_bytes = 64u << 20;
};

[[nodiscard]] std::string to_shiviz(const std::vector<TraceLine>& lines,
                                    const ShivizLimits& limits = {});

}  // namespace lockstep::sim
