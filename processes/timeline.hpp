// What happened in a cluster, in one order: the events of its nodes and their crashes.
#pragma once

#include <cstdint>
#include <vector>

#include "processes/reports.hpp"
#include "sim/trace/step.hpp"

namespace lockstep::processes {

// An event, or a crash of its node.
struct Happening {
  NodeEvent event;
  bool crash = false;
};

// Every node's own in the order given; among nodes by instant, and of one instant the lower rank
// first; a crash before all. What came before time 0 counts as of time 0. Instants of nodes are
// exact to the millisecond.
[[nodiscard]] std::vector<Happening> in_order(std::vector<NodeEvent> events,
                                              const std::vector<sim::TracedFault>& faults,
                                              std::uint32_t nodes,
                                              int (*rank)(const NodeEvent& event));

// A line of the trace.
[[nodiscard]] sim::TracedStep step_of(const NodeEvent& event, const std::string& role,
                                      std::uint64_t number);

}  // namespace lockstep::processes
