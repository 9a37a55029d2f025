// Anchor: scenarios of a file that are run, and written, elsewhere.
//
// A scenario names a file of regions from where it stands. What is drawn or shrunk from it has no
// place of its own until it is written, so meanwhile it names that file from anywhere.
#pragma once

#include <string>

#include "sim/scenario/document.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

// REQUIRES: `scenario` was read from `file`.
[[nodiscard]] Json anchored(Json scenario, const std::string& file);

// For `file`: with the name as `written` has it, where that leads from there to the same regions.
[[nodiscard]] Json put_down(Json scenario, const Json& written, const std::string& file);

// Throws ScenarioError where the scenario can only be run on SimGrid.
void require_loop(const Scenario& scenario);

}  // namespace lockstep::sim
