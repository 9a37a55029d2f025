#include "processes/capabilities.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/overloaded.hpp"
#include "node/config/keys.hpp"
#include "processes/protocol.hpp"
#include "sim/scenario/document.hpp"

namespace lockstep::processes {
namespace {

constexpr std::uint32_t most_nodes = 15;
constexpr std::uint64_t fast_enough = 1'000'000'000;  // bits a second

struct Refusal {
  const sim::Scenario& scenario;
  [[noreturn]] void operator()(const std::string& path, const std::string& why) const {
    throw sim::ScenarioError(scenario.file, {}, path, "real processes cannot do this: " + why);
  }
};

void look_at_network(const sim::Network& network, const Refusal& refuse) {
  using Shape = sim::Latency::Shape;
  if (!network.platform.empty())
    refuse("network.platform", "all nodes are on this machine; leave it out");
  if (network.regions) refuse("network.regions", "all nodes are on this machine; leave it out");
  if (network.latency.shape == Shape::exponential || network.latency.shape == Shape::lognormal)
    refuse("network.latency",
           "a link between nodes is late by a constant; write it as constant or uniform");
  if (network.bandwidth && *network.bandwidth < fast_enough)
    refuse("network.bandwidth", "below 1 Gbps nothing slows the loopback; leave it out");
  if (!network.reorder.never())
    refuse("network.reorder", "nodes talk over TCP, which keeps the order; leave it out");
  if (network.duplicate_by > Duration(0))
    refuse("network.duplicate_by", "a second copy follows the first at once; leave it out");
}

// Why a fault is the simulator's alone; empty when it is not.
std::string simulated_only(const Protocol& protocol, const sim::FaultAction& action) {
  return std::visit(
      Overloaded{
          [](const sim::DiskFault&) -> std::string { return "the disk is this machine's"; },
          [](const sim::ClockFault&) -> std::string { return "the clock is this machine's"; },
          [](const sim::Traitor&) -> std::string { return "a node keeps to its protocol"; },
          [&](const sim::Measure&) -> std::string {
            return protocol.measures() ? "" : "a real node measures itself";
          },
          [](const sim::Twins&) -> std::string { return "a data folder has one node"; },
          [](const sim::Wipe&) -> std::string { return "a node keeps its data folder"; },
          [](const sim::Crash& crash) -> std::string {
            if (crash.torn) return "a killed process loses nothing that was written";
            return crash.again > 0 ? "nothing kills a node while it recovers" : "";
          },
          [](const sim::Swizzle&) -> std::string { return "it cuts whole groups at once"; },
          [](const sim::Clog&) -> std::string { return "a cut connection holds nothing back"; },
          [](const sim::Burst&) -> std::string { return "the weather is that of the whole run"; },
          [](const sim::Throttle&) -> std::string { return "nothing slows the loopback"; },
          [](const auto&) -> std::string { return ""; }},
      action);
}

void look_at_faults(const sim::Scenario& scenario, const Protocol& protocol,
                    const Refusal& refuse) {
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const sim::FaultAction& action = scenario.faults[i].action;
    if (const std::string why = simulated_only(protocol, action); !why.empty())
      refuse(fmt::format("faults[{}].{}", i, sim::key_of(action)), why + "; leave it out");
  }
}

void look_at_config(const Protocol& protocol, const Refusal& refuse) {
  for (const auto& [key, text] : protocol.settings()) {
    const node::Key* known = node::find_key(key);
    if (known == nullptr)
      refuse(protocol.path_of(key), fmt::format("lockstepd has no key {}; leave it out", key));
    node::Config config;
    node::Errors errors;
    node::Value value;
    value.text = text;
    value.path = key;
    known->set(config, value, errors);
    if (errors.count() > 0) refuse(protocol.path_of(key), errors.text());
  }
}

void look_at_claims(const sim::Expect& expect, const Protocol& protocol, const Refusal& refuse) {
  static const Names of_the_world{"", "recovery"};
  if (!of_the_world.contains(expect.violates) && !protocol.rules().contains(expect.violates))
    refuse("expect.violates",
           "'" + expect.violates + "' cannot be seen from outside a node; it wants the simulator");
  if (expect.steady)
    refuse("expect.steady", "whether a leader stays is judged in the simulator; leave it out");
}

}  // namespace

void require_possible(const sim::Scenario& scenario) {
  const Refusal refuse{scenario};
  const auto protocol = protocol_of(scenario);
  if (!protocol)
    refuse("protocol", "lockstepd speaks raft, advanced_bully and flood; run it in the simulator");
  if (scenario.nodes > most_nodes)
    refuse("nodes",
           fmt::format("{} are too many for one machine; at most {}", scenario.nodes, most_nodes));
  if (scenario.disk.lies)
    refuse("disk.lies", "the disk is this machine's, and a killed process loses nothing of it");
  if (scenario.spare_majority)
    refuse("budget", "nobody counts here whom faults take away; leave it out");
  look_at_network(scenario.network, refuse);
  look_at_faults(scenario, *protocol, refuse);
  look_at_config(*protocol, refuse);
  for (const auto& [path, why] : protocol->obstacles()) refuse(path, why + "; leave it out");
  look_at_claims(scenario.expect, *protocol, refuse);
}

std::vector<std::string> differences(const sim::Scenario& scenario) {
  using Shape = sim::Latency::Shape;
  std::vector<std::string> list;
  const sim::Latency& latency = scenario.network.latency;
  if (latency.shape == Shape::uniform && latency.low != latency.high)
    list.push_back(
        fmt::format("network.latency: {} between nodes, always; between clients and nodes "
                    "drawn for every message",
                    to_text(delay_between_nodes(latency))));
  if (scenario.network.fifo)
    list.emplace_back("network.ordering: kept between nodes, not between clients and nodes");
  if (scenario.network.bandwidth) list.emplace_back("network.bandwidth: not limited");
  if (std::max(scenario.disk.latency.low, scenario.disk.latency.high) > Duration(0))
    list.emplace_back("disk.latency: this machine's own; a crash loses nothing that was written");
  const bool slow = std::any_of(
      scenario.faults.begin(), scenario.faults.end(),
      [](const sim::Fault& f) { return std::holds_alternative<sim::SlowDisk>(f.action); });
  if (slow)
    list.emplace_back("slow_disk: its latency comes on top of what this machine's disk takes");
  const auto own = protocol_of(scenario)->differences();
  list.insert(list.end(), own.begin(), own.end());
  return list;
}

Duration delay_between_nodes(const sim::Latency& latency) {
  return latency.shape == sim::Latency::Shape::uniform ? (latency.low + latency.high) / 2
                                                       : latency.low;
}

}  // namespace lockstep::processes
