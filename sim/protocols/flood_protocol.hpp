// What the flooding search needs to be simulated.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/flood/flood.hpp"
#include "core/text/to_text.hpp"
#include "sim/protocols/flood_format.hpp"
#include "sim/protocols/flood_rogue.hpp"
#include "sim/protocols/flood_stores.hpp"
#include "sim/protocols/flood_watch.hpp"
#include "sim/world/no_client.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {

// On its disk as if it had fetched it.
inline std::vector<flood::Record> records_of(const FloodFile& file, std::uint64_t seed) {
  const std::string content = content_of(file, seed);
  const flood::Manifest manifest = flood::manifest_of(content);
  std::vector<flood::Record> records{flood::Begun{file.title, manifest}};
  for (std::uint32_t number = 0; number < manifest.chunks.size(); ++number) {
    const std::size_t at = std::size_t{number} * flood::chunk_size;
    flood::Content chunk{.bytes = content.substr(at, flood::chunk_size), .known = {}};
    records.push_back(flood::Kept{id_of(manifest), number, std::move(chunk)});
  }
  records.push_back(flood::Offered{file.title, manifest});
  return records;
}

struct FloodProtocol : WithoutClients {
  using Machine = Rogue;
  using Config = FloodPlan;
  using Watch = FloodWatch;
  using Stores = FloodStores;

  static FloodPlan config(const Scenario& scenario) {
    FloodPlan plan{flood_settings(scenario), flood_setup(scenario), {}};
    plan.graph = flood_graph(scenario, plan.settings.topology);
    return plan;
  }
  static Machine make(NodeId node, const Scenario& scenario, const FloodPlan& plan,
                      std::uint64_t seed) {
    std::vector<NodeId> known;
    for (const auto n : plan.graph.neighbours(node.value() - 1)) known.emplace_back(n + 1);
    const Mischief* mischief = nullptr;
    for (const auto& [rogue, does] : plan.settings.rogues) {
      if (rogue == node) mischief = &does;
    }
    return Rogue(flood::Flood(node, scenario.nodes, plan.settings.machine, known, seed), mischief);
  }
  static std::vector<std::vector<flood::Record>> initial_records(const Scenario& scenario) {
    const FloodSetup setup = flood_setup(scenario);
    if (setup.files.empty()) return {};
    std::vector<std::vector<flood::Record>> found(scenario.nodes);
    for (const FloodFile& file : setup.files) {
      const auto records = records_of(file, scenario.seed);
      for (const NodeId node : file.on) {
        auto& disk = found[node.value() - 1];
        disk.insert(disk.end(), records.begin(), records.end());
      }
    }
    return found;
  }
  static std::string flaw_in(const std::vector<flood::Record>& records) {
    return flood::flaw_in(records);
  }
  static const std::vector<FloodOrder>& orders(const FloodPlan& plan) { return plan.setup.orders; }
  static RoleView role(const Machine& machine) {
    return {machine.peer().directory().away() ? "away" : "peer", 0, 0};
  }
  static std::string state_text(const Machine& machine) { return to_text(machine.peer()); }
  static std::optional<flood::Request> tell(std::string_view verb) {
    if (verb == "log_out") return flood::Request(flood::LogOut{});
    if (verb == "log_in") return flood::Request(flood::LogIn{});
    return std::nullopt;
  }
};

}  // namespace lockstep::sim
