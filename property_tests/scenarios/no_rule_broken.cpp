// Scenarios as generated values: no rule is broken, however they are drawn; where one is, what is
// left of the scenario is small and stands in a file; what is read is what was written.
#include <filesystem>
#include <fstream>
#include <string>

#include "property_tests/models/scenarios.hpp"
#include "property_tests/support/property.hpp"
#include "sim/fuzz/pretty.hpp"
#include "sim/scenario/parse.hpp"

using namespace lockstep;
using namespace lockstep::properties;
using sim::Json;
using sim::pretty;

namespace {

sim::Scenario drawn(Choices& choices) {
  const std::string text = draw_scenario(choices).dump();
  note(text);
  return sim::parse_scenario("drawn", text);
}

// Beside what fuzzing finds.
std::string written(const SmallScenario& small) {
  const std::filesystem::path folder = "results/fuzz/properties";
  std::filesystem::create_directories(folder);
  std::string name = small.end.rule;
  for (char& c : name) c = c == ' ' ? '_' : c;
  const std::filesystem::path path = folder / (name + ".json");
  std::ofstream(path) << pretty(small.scenario);
  return "\nagain: ./lockstep run " + path.string() + " --fabric loop";
}

constexpr Effort known_bad{.cases = 300, .choices = 120, .known_bad = true};

std::size_t count_of(const Json& scenario, const char* list) {
  const Json::json_pointer at(list);
  return scenario.contains(at) ? scenario.at(at).size() : 0;
}

// What is left breaks the rule, which is what it says.
void check_small(const std::optional<SmallScenario>& found, const std::string& rule) {
  REQUIRE(found.has_value());
  CAPTURE(found->scenario.dump());
  CHECK(found->end.rule == rule);
  CAPTURE(found->report);
  CHECK(found->report.find(rule + ": ") != std::string::npos);
  CHECK(found->scenario["expect"]["violates"] == rule);
  const sim::Scenario again = sim::parse_scenario("again", pretty(found->scenario));
  CHECK(run(again).verdict == sim::RunVerdict::pass);
  CHECK(count_of(found->scenario, "/faults") <= 1);
  CHECK(count_of(found->scenario, "/workload/script") <= 6);
  CHECK(found->scenario.value("nodes", 3) <= 3);
}

}  // namespace

TEST_CASE("no rule is broken in any scenario that promises none") {
  int elections = 0, operations = 0;
  const auto seen = [&](const sim::Outcome& outcome) {
    for (const std::string& witness : outcome.witnesses)
      elections += witness == "leader_changed" ? 1 : 0;
    operations += outcome.history.empty() ? 0 : 1;
  };
  const auto found = breaks_a_rule({draw_scenario, seen}, {.cases = 300, .choices = 120});
  if (found) FAIL((found->report + written(*found)));
  met("a leader that was followed by another one", elections, 30);
  met("a history", operations, 100);
}

TEST_CASE("of a drawn scenario whose disks lie a crash and little else is left") {
  const auto draw = [](Choices& choices) {
    Json scenario = draw_scenario(choices);
    scenario["disk"] = {{"latency", "200 ms"}, {"lies", true}};
    return scenario;
  };
  const auto found = breaks_a_rule({draw, nullptr}, known_bad);
  check_small(found, "leader completeness");
  CHECK(found->scenario["disk"]["lies"] == true);
}

TEST_CASE("of a drawn scenario with local reads one fault and a stale read are left") {
  const auto draw = [](Choices& choices) {
    Json scenario = draw_scenario(choices);
    scenario["config"]["reads"] = "local";
    scenario["config"]["check_quorum"] = false;
    scenario["workload"]["rate"] = "20 /s";
    return scenario;
  };
  const auto found = breaks_a_rule({draw, nullptr}, known_bad);
  check_small(found, "linearizability");
  CHECK(found->scenario["config"]["reads"] == "local");
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
