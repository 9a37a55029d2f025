// The scenario format of Raft and the flooding search side by side: config and setup have a part
// for each, and the words of both may stand in faults, workload and claims.
#pragma once

#include "sim/scenario/formats.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

[[nodiscard]] ProtocolFormat raft_and_flood_format();

// The scenario as a side alone would have it: its part of config and setup as the whole.
// REQUIRES: side is "raft" or "flood".
[[nodiscard]] Scenario side_of(const Scenario& scenario, const char* side);

}  // namespace lockstep::sim
