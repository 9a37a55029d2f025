// What this world and a protocol say to each other (processes/protocol.hpp).
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/trace/step.hpp"
#include "sim/world/verdict.hpp"

namespace lockstep::processes {

// Key of lockstepd (docs/node.md) and its value as text.
using Settings = std::vector<std::pair<std::string, std::string>>;
using Names = std::set<std::string, std::less<>>;

// Something in a scenario that no lockstepd does.
struct Obstacle {
  std::string path;  // in the scenario
  std::string why;
};

// Where a node lives, before its first start.
struct Home {
  std::uint32_t place = 0;  // from 0
  std::string cluster;
  std::string nodes;  // folder of all of them, which is there
  std::string data;   // folder of its own; nothing is there yet
};

// What the scenario itself, no client of it, asks of a node, and when.
struct Errand {
  Instant at;
  std::uint32_t node = 0;  // its place, from 0
  std::size_t number = 0;  // among the protocol's
};

// What came of a run.
struct Conclusion {
  Names witnesses;
  std::vector<sim::Violation> violations;
  std::vector<sim::TracedStep> steps;  // in order of time
  sim::Figures figures;
};

}  // namespace lockstep::processes
