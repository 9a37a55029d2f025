#include "sim/fuzz/draw.hpp"

#include <algorithm>
#include <string>

#include "sim/fuzz/owed.hpp"
#include "sim/fuzz/sketch.hpp"
#include "sim/protocols/lamport_format.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

constexpr const char* drawn = "drawn";  // the name of a scenario that is no file yet

void draw_cluster(Sketch& sketch) {
  Dice& dice = sketch.dice;
  sketch.stage.nodes = static_cast<std::uint32_t>(dice.weighted({0, 1, 1, 8, 2, 8, 1, 2}));
  sketch.scenario["nodes"] = sketch.stage.nodes;
}

void draw_down(Sketch& sketch) {
  if (!sketch.dice.one_in(10)) return;
  Json down = Json::array();
  for (std::uint32_t n = 1; n <= sketch.stage.nodes; ++n) {
    if (sketch.dice.one_in(2)) down.push_back("n" + std::to_string(n));
  }
  if (!down.empty()) sketch.scenario["down"] = down;
}

void draw_parts(Sketch& sketch, std::string_view protocol) {
  if (protocol == "raft") {
    sketch.stage.clients = sketch.dice.between(1, 5);
    draw_raft_settings(sketch);
  } else if (protocol == "bully") {
    draw_bully_settings(sketch);
  } else if (protocol == "lamport") {
    sketch.stage.clients = sketch.dice.between(1, 5);
    draw_lamport_settings(sketch);
  } else if (protocol == "flood") {
    draw_flood_settings(sketch);
    if (sketch.still) return;
  } else {
    draw_advanced_bully_settings(sketch);
  }
  draw_down(sketch);
  draw_faults(sketch);
  if (protocol == "raft") draw_raft_workload(sketch);
  if (protocol == "lamport") draw_lamport_workload(sketch);
}

// Says what must hold, and makes the run long enough for it.
void claim(Sketch& sketch) {
  Json& scenario = sketch.scenario;
  const Duration beat = sketch.stage.beat;
  // Long enough for every end of a fault, so that what is owed does not depend on it.
  scenario["duration"] = to_text(sketch.calm + beat * 100);
  const Scenario parsed = parse_scenario(drawn, scenario.dump());
  const auto owed = sketch.owes ? owed_within(parsed) : std::nullopt;
  Json expect = Json::object();
  const bool raft = parsed.protocol == "raft";
  if (raft) expect["linearizable"] = true;
  Duration rest = beat * 8;
  if (owed) {
    const Duration whole(owed->ns() / 1'000'000 * 1'000'000 + 1'000'000);
    expect["recovers_within"] = to_text(whole);
    rest = whole + beat;
    // Logs are looked at twice in the quiet.
    if (parsed.protocol == "lamport") rest = rest + lamport_patience(lamport_settings(parsed));
    // Where everybody sees everybody again, a leader stays without any protection.
    const bool steady = raft && (sketch.restless ? sketch.guarded : !sketch.dice.one_in(4));
    if (steady) {
      expect["steady"] = true;
      rest = whole + beat * 30;
    } else if (raft)
      scenario["until"]["recovered_for"] = to_text(beat * 8);
  }
  const Duration faults_end = std::max(sketch.calm, last_disturbance(parsed).since_start());
  scenario["duration"] = to_text((owed ? faults_end : sketch.calm) + rest);
  if (!expect.empty()) scenario["expect"] = expect;
}

// In the order people read them.
Json in_order(const Json& scenario) {
  Json ordered = Json::object();
  for (const char* key :
       {"format", "title", "why", "source", "protocol", "nodes", "down", "seed", "duration",
        "until", "budget", "network", "disk", "config", "setup", "workload", "faults", "expect"}) {
    if (scenario.contains(key)) ordered[key] = scenario[key];
  }
  return ordered;
}

}  // namespace

std::string draw_latency_up_to(Dice& dice, Duration longest) {
  const Duration least = std::max(longest / 100, Duration(1'000));
  switch (dice.below(8)) {
    case 0: return "exponential " + dice.span(std::max(least / 8, Duration(1'000)), longest / 8);
    case 1:
      return "lognormal " + dice.span(std::max(least / 8, Duration(1'000)), longest / 8) +
             " sigma 0.5";
    case 2:
    case 3: return "constant " + dice.span(least, longest);
    default: break;
  }
  const Duration high = dice.duration(least, longest);
  return "uniform " + to_text(high / dice.between(2, 10)) + ".." + to_text(high);
}

void draw_noise(Sketch& sketch, Duration reorder_by) {
  Dice& dice = sketch.dice;
  Json& network = sketch.scenario["network"];
  const auto ratio = [&](const char* key, std::initializer_list<const char*> ratios) {
    network[key] = dice.pick(ratios);
    sketch.noisy = true;
  };
  if (dice.one_in(3)) ratio("loss", {"1/1000", "1/100", "1/30", "1/10", "1/4"});
  if (dice.one_in(2)) ratio("duplicate", {"1/100", "1/10", "1/3"});
  // A copy that overtakes nothing says nothing that is not known.
  if (dice.one_in(network.contains("duplicate") ? 2 : 4)) {
    ratio("reorder", {"1/100", "1/10", "1/2"});
    network["reorder_by"] = dice.span(milliseconds(1), reorder_by);
  } else if (dice.one_in(6)) {
    network["ordering"] = "fifo";
  }
  if (dice.one_in(10)) network["bandwidth"] = dice.pick({"100 Mbps", "1 Gbps"});
  if (dice.one_in(20)) network["bulk_from"] = dice.pick({"64 B", "1 KiB"});
}

Json draw_scenario(std::string_view protocol, std::uint64_t seed, Budget budget) {
  Sketch sketch(mix_seed(seed, 0x66757A7A));  // unrelated to the run's own streams
  sketch.scenario["format"] = 1;
  sketch.scenario["title"] = "Drawn from seed " + std::to_string(seed);
  sketch.scenario["protocol"] = std::string(protocol);
  sketch.scenario["seed"] = seed;
  sketch.owes = budget == Budget::majority && !sketch.dice.one_in(5);
  draw_cluster(sketch);
  draw_parts(sketch, protocol);
  claim(sketch);
  return in_order(sketch.scenario);
}

}  // namespace lockstep::sim
