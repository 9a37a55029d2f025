// Scenarios as generated values: no rule is broken, however they are drawn, and what is read is
// what was written.
#include <string>

#include "property_tests/models/scenarios.hpp"
#include "property_tests/support/property.hpp"
#include "sim/scenario/parse.hpp"

using namespace lockstep;
using namespace lockstep::properties;

namespace {

sim::Scenario drawn(Choices& choices) {
  const std::string text = draw_scenario(choices).dump();
  note(text);
  return sim::parse_scenario("drawn", text);
}

}  // namespace

TEST_CASE("no rule is broken in any scenario that promises none") {
  int elections = 0, operations = 0;
  holds(
      [&](Choices& choices) {
        const sim::Outcome outcome = run(drawn(choices));
        for (const sim::Violation& violation : outcome.violations)
          note(violation.rule + ": " + violation.text);
        DEMAND(outcome.violations.empty());
        DEMAND(outcome.verdict == sim::RunVerdict::pass);
        for (const std::string& seen : outcome.witnesses)
          elections += seen == "leader_changed" ? 1 : 0;
        operations += outcome.history.empty() ? 0 : 1;
      },
      {.cases = 300, .choices = 120});
  met("a leader that was followed by another one", elections, 30);
  met("a history", operations, 100);
}

TEST_CASE("a scenario comes back from the text it is kept as, and runs to the same digest") {
  holds(
      [](Choices& choices) {
        const sim::Scenario first = drawn(choices);
        const sim::Scenario again = sim::parse_scenario("again", first.effective);
        DEMAND_EQUAL(again.effective, first.effective);
        DEMAND_EQUAL(run(again).digest, run(first).digest);
      },
      {.cases = 60, .choices = 120});
}
