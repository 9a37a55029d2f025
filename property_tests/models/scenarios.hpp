// Scenarios as generated values: JSON as a file would hold it, from choices. With no choices left
// it is the plainest run there is: one node, nothing wrong.
#pragma once

#include "property_tests/support/choices.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/world/outcome.hpp"

namespace lockstep::properties {

[[nodiscard]] sim::Json draw_scenario(Choices& choices);

// On the loop fabric. Throws ScenarioError where the scenario is none.
[[nodiscard]] sim::Outcome run(const sim::Scenario& scenario, const sim::RunOptions& options = {});

}  // namespace lockstep::properties
