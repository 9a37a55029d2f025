// The parts of a scenario, one function each; parse.cpp puts them together.
#pragma once

#include <optional>
#include <vector>

#include "sim/scenario/formats.hpp"
#include "sim/scenario/reader.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

// What the parts need of one another.
struct ParseContext {
  const ProtocolFormat& format;
  std::uint32_t nodes;
  std::uint32_t clients;
  Duration duration;
  const Network* network = nullptr;  // once it is read
};

[[nodiscard]] Network read_network(Reader network, const ParseContext& context);
[[nodiscard]] Disk read_disk(Reader disk);
[[nodiscard]] Workload read_workload(Reader workload, const ParseContext& context);
[[nodiscard]] std::vector<Fault> read_faults(const Value& faults, const ParseContext& context);
// The key of every action that is no protocol's own.
[[nodiscard]] std::vector<std::string> fault_keys();
[[nodiscard]] Expect read_expect(Reader expect, const ParseContext& context);
[[nodiscard]] Sweep read_sweep(Reader sweep);

// "n3" as a node of this scenario.
[[nodiscard]] NodeId read_node(const Value& value, std::uint32_t nodes);
// "c1" as a client of this scenario, counted from 1.
[[nodiscard]] std::uint32_t read_client(const Value& value, const ParseContext& context);
[[nodiscard]] FaultAction read_traitor(const Value& value, const ParseContext& context);
// A list of targets that are nodes, nobody twice.
[[nodiscard]] std::vector<Target> read_nodes(const Value& value, const ParseContext& context);
// One target or a list of them.
[[nodiscard]] std::vector<Target> read_targets(const Value& value, const ParseContext& context);

}  // namespace lockstep::sim
