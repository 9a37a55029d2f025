// Which protocols can be simulated.
#pragma once

#include <string_view>

#include "sim/world/outcome.hpp"

namespace lockstep::sim {

Outcome run_raft(const Scenario& scenario, Fabric& fabric, const RunOptions& options);
Outcome run_advanced_bully(const Scenario& scenario, Fabric& fabric, const RunOptions& options);
Outcome run_lamport(const Scenario& scenario, Fabric& fabric, const RunOptions& options);
Outcome run_flood(const Scenario& scenario, Fabric& fabric, const RunOptions& options);
Outcome run_raft_and_flood(const Scenario& scenario, Fabric& fabric, const RunOptions& options);
Outcome run_bully(const Scenario& scenario, Fabric& fabric, const RunOptions& options);

// REQUIRES: a name the scenario reader accepts.
[[nodiscard]] RunFunction runner_of(std::string_view protocol);

}  // namespace lockstep::sim
