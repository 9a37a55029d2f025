// What real processes on loopback addresses can do of a scenario, and what they do differently.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace lockstep::processes {

// Throws ScenarioError, one line that names the path of what cannot be done.
void require_possible(const sim::Scenario& scenario);

// What is not as the scenario says, and cannot matter to what it claims; a sentence each.
[[nodiscard]] std::vector<std::string> differences(const sim::Scenario& scenario);

// What every message between two nodes is late: the middle of the scenario's latency.
[[nodiscard]] Duration delay_between_nodes(const sim::Latency& latency);

}  // namespace lockstep::processes
