// Scenarios as generated values: JSON as a file would hold it, from choices. With no choices left
// it is the plainest run there is: one node, nothing wrong.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "property_tests/support/choices.hpp"
#include "property_tests/support/property.hpp"
#include "sim/fuzz/fingerprint.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/world/outcome.hpp"

namespace lockstep::properties {

[[nodiscard]] sim::Json draw_scenario(Choices& choices);

// On the loop fabric. Throws ScenarioError where the scenario is none.
[[nodiscard]] sim::Outcome run(const sim::Scenario& scenario, const sim::RunOptions& options = {});

// rc::Gen<Scenario>: what `draw` makes of choices, shrunk by the steps of sim/fuzz/shrink.hpp, as
// text. Where the first finding breaks a rule, only what breaks it in the same way counts as
// smaller. `seen`: each run of a drawn one; not asked while one is shrunk.
struct ScenarioProperty {
  std::function<sim::Json(Choices&)> draw;
  std::function<void(const sim::Outcome&)> seen;
};
struct SmallScenario {
  sim::Json scenario;  // as `lockstep shrink` writes it: title, why, the rule that breaks
  sim::RunEnd end;
  std::string report;  // of rapidcheck
};
[[nodiscard]] std::optional<SmallScenario> breaks_a_rule(const ScenarioProperty& property,
                                                         const Effort& effort);

}  // namespace lockstep::properties
