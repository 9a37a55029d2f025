// Scenarios around one that exists.
#include <algorithm>
#include <string>

#include "sim/fuzz/draw.hpp"
#include "sim/fuzz/owed.hpp"
#include "sim/fuzz/sketch.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

constexpr const char* around = "around";

// A duration of the fault moved by up to a quarter, or a little.
void move(Dice& dice, Json& text, Duration least, Duration most) {
  const auto before = parse_duration(text.get<std::string>());
  if (!before) return;
  const Duration by = dice.one_in(2)
                          ? dice.duration(Duration(1'000), milliseconds(10))
                          : dice.duration(Duration(1'000), std::max(*before / 4, Duration(2'000)));
  const Duration after = dice.one_in(2) ? *before + by : *before - by;
  text = to_text(std::clamp(after, least, most));
}

void change_fault(Dice& dice, Json& fault, Duration duration) {
  const Duration last = duration - Duration(1);
  if (fault.contains("at") && dice.one_in(2)) move(dice, fault["at"], Duration(0), last);
  if (fault.contains("every") && dice.one_in(3)) move(dice, fault["every"], milliseconds(1), last);
  if (fault.contains("for") && dice.one_in(2)) move(dice, fault["for"], Duration(1), duration * 2);
}

Stage stage_of(const Scenario& base) {
  Stage stage;
  stage.nodes = base.nodes;
  stage.clients = base.workload.clients;
  stage.beat = milliseconds(300);
  stage.fifo = base.network.fifo;
  stage.checksum = base.network.checksum;
  if (base.protocol == "raft") {
    stage.roles = {"leader", "follower", "candidate"};
  } else if (base.protocol == "flood") {
    stage.roles = {"random"};
  } else {
    stage.roles = {"coordinator", "follower"};
  }
  return stage;
}

Json extra_fault(Dice& dice, const Scenario& base) {
  const Stage stage = stage_of(base);
  const auto& kinds = fault_kinds(base.protocol);
  const FaultKind* kind = &dice.pick(kinds);
  while (!kind->on(stage)) kind = &dice.pick(kinds);
  Json fault = Json::object();
  fault["at"] =
      to_text(dice.duration(milliseconds(1), std::max(base.duration * 3 / 4, milliseconds(2))));
  fault[kind->name] = kind->draw(dice, stage);
  if (ending_of(*kind, fault[kind->name]) != Ending::never)
    fault["for"] = dice.span(milliseconds(1), stage.beat * 8);
  return fault;
}

Json changed_faults(Dice& dice, const Json& faults, const Scenario& base) {
  Json changed = Json::array();
  for (const Json& fault : faults) {
    if (dice.one_in(8)) continue;
    changed.push_back(fault);
    // A longer run is not a longer phase of faults.
    if (fault.contains("every") && !fault.contains("until"))
      changed.back()["until"] = to_text(base.duration);
    if (fault.contains("random") && !fault["random"].contains("until"))
      changed.back()["random"]["until"] = to_text(base.duration);
    change_fault(dice, changed.back(), base.duration);
  }
  if (dice.one_in(3)) return changed;
  for (std::uint32_t more = dice.between(1, 4); more > 0; --more)
    changed.push_back(extra_fault(dice, base));
  return changed;
}

// What is claimed: rules always, recovery where it is owed, and nothing about what must be seen.
Json claims_of(const Json& scenario, Budget budget) {
  Json expect = scenario.value("expect", Json::object());
  for (const char* key : {"sometimes", "violates", "recovers_within", "steady"}) expect.erase(key);
  if (budget == Budget::none) return expect;
  Json plain = scenario;
  plain.erase("expect");
  if (const auto owed = owed_within(parse_scenario(around, plain.dump())))
    expect["recovers_within"] = to_text(*owed);
  return expect;
}

}  // namespace

Json draw_around(const Json& base, std::uint64_t seed, Budget budget) {
  Dice dice(mix_seed(seed, 0x61726F75));
  Json scenario = base;
  for (const char* key : {"sweep", "until"}) scenario.erase(key);
  const Scenario before = parse_scenario(around, scenario.dump());
  scenario["title"] = "Drawn from seed " + std::to_string(seed) + " around: " + before.title;
  scenario["seed"] = seed;
  const Json faults = scenario.value("faults", Json::array());
  scenario["faults"] = changed_faults(dice, faults, before);
  const Json expect = claims_of(scenario, budget);
  scenario.erase("expect");
  if (expect.contains("recovers_within")) {
    const Scenario after = parse_scenario(around, scenario.dump());
    const auto bound = parse_duration(expect["recovers_within"].get<std::string>());
    const Duration needed = last_disturbance(after).since_start() + *bound + milliseconds(1);
    scenario["duration"] = to_text(std::max(after.duration, needed));
  }
  if (!expect.empty()) scenario["expect"] = expect;
  return scenario;
}

}  // namespace lockstep::sim
