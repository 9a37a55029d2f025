#include "property_tests/models/scenarios.hpp"

#include <string>

#include "sim/fabric/fabric.hpp"
#include "sim/protocols/registry.hpp"

namespace lockstep::properties {

using sim::Json;

namespace {

std::string ms(std::int64_t count) { return std::to_string(count) + " ms"; }

std::string ratio(std::uint64_t of_100) { return std::to_string(of_100) + "/100"; }

Json draw_network(Choices& choices) {
  Json network;
  const std::int64_t low = choices.between(1, 20);
  network["latency"] = "uniform " + std::to_string(low) + ".." + ms(low + choices.between(0, 60));
  if (choices.chance(1, 2)) network["loss"] = ratio(choices.below(20));
  if (choices.chance(1, 2)) network["duplicate"] = ratio(choices.below(10));
  if (choices.chance(1, 2)) {
    network["reorder"] = ratio(choices.below(50));
    network["reorder_by"] = ms(choices.between(1, 200));
  }
  return network;
}

Json draw_config(Choices& choices) {
  Json config;
  const std::int64_t low = choices.between(60, 300);
  config["election_timeout"] = std::to_string(low) + ".." + ms(low + choices.between(0, 300));
  config["heartbeat"] = ms(choices.between(10, low / 2));
  if (choices.chance(1, 4)) config["pre_vote"] = false;
  if (choices.chance(1, 4)) config["check_quorum"] = false;
  if (choices.chance(1, 4)) config["max_entries_per_message"] = 1 + choices.below(4);
  return config;
}

Json draw_whom(Choices& choices, std::uint32_t nodes) {
  switch (choices.below(4)) {
    case 0: return "leader";
    case 1: return "random";
    case 2: return "follower";
    default: return "n" + std::to_string(1 + choices.below(nodes));
  }
}

Json draw_fault(Choices& choices, std::uint32_t nodes, std::int64_t duration) {
  Json fault;
  fault["at"] = ms(choices.between(0, duration - 1));
  switch (choices.below(6)) {
    case 0: fault["crash"] = draw_whom(choices, nodes); break;
    case 1: fault["isolate"] = draw_whom(choices, nodes); break;
    case 2: fault["pause"] = draw_whom(choices, nodes); break;
    case 3:
      fault["partition"] =
          Json::array({Json::array({draw_whom(choices, nodes)}), Json::array({"rest"})});
      break;
    case 4: fault["crash"] = "all"; break;
    default:
      fault["slow_disk"]["who"] = draw_whom(choices, nodes);
      fault["slow_disk"]["latency"] = ms(choices.between(1, 500));
  }
  fault["for"] = ms(choices.between(1, 2500));
  return fault;
}

Json draw_workload(Choices& choices) {
  Json workload;
  workload["clients"] = 1 + choices.below(4);
  workload["rate"] = std::to_string(1 + choices.below(60)) + " /s";
  workload["keys"] = 1 + choices.below(4);
  workload["pipeline"] = 1 + choices.below(3);
  workload["timeout"] = ms(choices.between(500, 5000));
  return workload;
}

}  // namespace

Json draw_scenario(Choices& choices) {
  Json scenario;
  scenario["format"] = 1;
  scenario["title"] = "A drawn one";
  scenario["protocol"] = "raft";
  const auto nodes = static_cast<std::uint32_t>(1 + choices.below(5));
  scenario["nodes"] = nodes;
  scenario["seed"] = choices.below(1'000'000);
  const std::int64_t duration = choices.between(1000, 8000);
  scenario["duration"] = ms(duration);
  scenario["workload"] = draw_workload(choices);
  scenario["network"] = draw_network(choices);
  scenario["config"] = draw_config(choices);
  if (choices.chance(1, 2))
    scenario["disk"]["latency"] = "uniform 0.." + ms(choices.between(1, 30));
  Json faults = Json::array();
  for (std::uint64_t left = choices.below(7); left > 0; --left) {
    const Json fault = draw_fault(choices, nodes, duration);
    faults.push_back(fault);
  }
  if (nodes > 1 && !faults.empty()) scenario["faults"] = faults;
  scenario["expect"]["linearizable"] = true;
  return scenario;
}

sim::Outcome run(const sim::Scenario& scenario, const sim::RunOptions& options) {
  const auto fabric = sim::make_loop_fabric(scenario);
  return sim::runner_of(scenario.protocol)(scenario, *fabric, options);
}

}  // namespace lockstep::properties
