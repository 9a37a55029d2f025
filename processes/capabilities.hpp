// What real processes on loopback addresses can do of a scenario, and what they do differently.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace lockstep::processes {

// Key of lockstepd (docs/node.md) and its value as text.
using Settings = std::vector<std::pair<std::string, std::string>>;

// The scenario's config in the node's words; what is the node's default is left out.
// REQUIRES: protocol raft.
[[nodiscard]] Settings raft_settings_of_node(const sim::Scenario& scenario);

// Throws ScenarioError, one line that names the path of what cannot be done.
void require_possible(const sim::Scenario& scenario);

// What is not as the scenario says, and cannot matter to what it claims; a sentence each.
[[nodiscard]] std::vector<std::string> differences(const sim::Scenario& scenario);

// Witnesses that cannot be seen from outside a node, and so never count.
[[nodiscard]] const std::set<std::string, std::less<>>& unknowable_witnesses();

// What every message between two nodes is late: the middle of the scenario's latency.
[[nodiscard]] Duration delay_between_nodes(const sim::Latency& latency);

}  // namespace lockstep::processes
