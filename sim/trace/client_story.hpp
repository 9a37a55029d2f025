// What clients saw of a run, in at most nine lines: all operations, and each phase between two
// faults. See story.hpp.
#pragma once

#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/trace/step.hpp"

namespace lockstep::sim {

// Empty when there was no client operation. `lines` is asked for its faults only.
[[nodiscard]] std::vector<std::string> tell_clients(const std::vector<TraceLine>& lines,
                                                    const std::vector<HistoryOperation>& history,
                                                    Instant end);

}  // namespace lockstep::sim
