// What a scenario may say of the flooding search: its network, its files and what is asked of whom.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/flood/config.hpp"
#include "core/flood/requests.hpp"
#include "sim/scenario/formats.hpp"
#include "sim/scenario/reader.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/topology/topology.hpp"

namespace lockstep::sim {

// What a peer does besides, or in place of, what it should.
struct Mischief {
  bool false_hits = false;   // says that it has whatever is asked for
  bool bad_chunks = false;   // sends other bytes than those asked for
  bool ignores_ttl = false;  // passes queries on as far as they go
  std::uint32_t storm = 0;   // queries with fresh ids a second, to every neighbour
  friend bool operator==(const Mischief&, const Mischief&) = default;
};

struct FloodSettings {
  flood::Config machine;
  Topology topology;
  std::vector<std::pair<NodeId, Mischief>> rogues;
};

// A file that is there when the run begins.
struct FloodFile {
  std::string title;
  std::uint64_t size = 0;
  std::vector<NodeId> on;
};
struct FloodOrder {
  Instant at;
  NodeId node;
  flood::Request request;
};
struct FloodSetup {
  std::vector<FloodFile> files;
  std::vector<FloodOrder> orders;  // by time
};

[[nodiscard]] ProtocolFormat flood_format();

// From the texts a Scenario keeps.
[[nodiscard]] FloodSettings flood_settings(const Scenario& scenario);
[[nodiscard]] FloodSetup flood_setup(const Scenario& scenario);
// Throws ScenarioError where a file of links does not serve.
[[nodiscard]] Graph flood_graph(const Scenario& scenario, const Topology& topology);
// The bytes of a file: drawn from the scenario's seed and its name.
[[nodiscard]] std::string content_of(const FloodFile& file, std::uint64_t seed);

}  // namespace lockstep::sim
