#include "sim/fuzz/shrink_care.hpp"

#include "sim/fuzz/owed.hpp"
#include "sim/fuzz/shrink.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

// The bound that is owed by the like of it, and a run just long enough for that.
void claim_what_is_owed(Json& scenario, Json like) {
  try {
    like["duration"] = "1000 h";
    const Scenario parsed = parse_scenario("shrunk", like.dump());
    const auto owed = owed_within(parsed);
    if (!owed) return;
    const auto up = [](Duration d) { return seconds(d.ns() / 1'000'000'000 + 1); };
    const Duration bound = up(*owed);
    const Duration calm = last_disturbance(parsed).since_start();
    scenario["expect"]["recovers_within"] = to_text(bound);
    scenario["duration"] = to_text(up(calm + bound * (parsed.expect.steady ? 2 : 1)));
  } catch (const ScenarioError&) {
    return;  // it is refused where it is tried
  }
}

bool enough_is_left(const Json& scenario) {
  try {
    return leaves_enough(parse_scenario("shrunk", scenario.dump()));
  } catch (const ScenarioError&) {
    return false;
  }
}

Json guarded(Json scenario) {
  for (const char* key : {"pre_vote", "sticky", "check_quorum", "check_disk"}) {
    if (scenario.contains("config")) scenario["config"].erase(key);
  }
  return scenario;
}

}  // namespace

bool claims_what_is_owed(const Json& scenario) {
  try {
    const Scenario parsed = parse_scenario("shrunk", scenario.dump());
    const auto& claimed = parsed.expect.recovers_within;
    if (!claimed) return true;
    const auto owed = owed_within(parsed);
    return owed && *owed <= *claimed;
  } catch (const ScenarioError&) {
    return false;
  }
}

bool rests_on_recovery(std::string_view rule) {
  return rule == "recovery" || rule == "one coordinator" || rule == "highest coordinator" ||
         rule == "everyone knows";
}

bool bears(const Json& scenario, Care care) {
  if (care == Care::owed) return claims_what_is_owed(scenario);
  if (care == Care::guarded) return claims_what_is_owed(guarded(scenario));
  return care == Care::none || enough_is_left(scenario);
}

void claim(Json& scenario, Care care) {
  if (care == Care::owed) claim_what_is_owed(scenario, scenario);
  if (care == Care::guarded) claim_what_is_owed(scenario, guarded(scenario));
}

Care care_for(const Json& scenario, bool recovery) {
  if (!recovery) return Care::none;
  for (const Care care : {Care::owed, Care::guarded}) {
    Json claimed = scenario;
    claim(claimed, care);
    if (bears(claimed, care)) return care;
  }
  // Clients that ask for nothing in time would pass for no progress.
  return scenario.contains("workload") ? Care::owed : Care::enough;
}

}  // namespace lockstep::sim
