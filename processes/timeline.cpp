#include "processes/timeline.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace lockstep::processes {

std::vector<Happening> in_order(std::vector<NodeEvent> events,
                                const std::vector<sim::TracedFault>& faults, std::uint32_t nodes,
                                int (*rank)(const NodeEvent& event)) {
  std::vector<std::deque<Happening>> queues(nodes);
  for (auto& event : events) {
    auto& queue = queues.at(event.node);
    event.at = std::max(event.at, queue.empty() ? Instant() : queue.back().event.at);
    queue.push_back({std::move(event), false});
  }
  for (const auto& fault : faults) {
    if (fault.kind != "crash") continue;
    for (const NodeId id : fault.nodes) {
      auto& queue = queues.at(id.value() - 1);
      const auto later = std::find_if(queue.begin(), queue.end(), [&](const Happening& other) {
        return other.event.at > fault.at;
      });
      queue.insert(later, {{fault.at, id.value() - 1, 0, "crashed", ""}, true});
    }
  }
  std::vector<Happening> all;
  for (;;) {
    std::deque<Happening>* first = nullptr;
    const auto key = [&](const std::deque<Happening>& queue) {
      const Happening& next = queue.front();
      return std::pair(next.event.at, next.crash ? -1 : rank(next.event));
    };
    for (auto& queue : queues) {
      if (!queue.empty() && (first == nullptr || key(queue) < key(*first))) first = &queue;
    }
    if (first == nullptr) return all;
    all.push_back(std::move(first->front()));
    first->pop_front();
  }
}

sim::TracedStep step_of(const NodeEvent& event, const std::string& role, std::uint64_t number) {
  sim::TracedStep step;
  step.number = number;
  step.at = event.at;
  step.node = NodeId(event.node + 1);
  step.event = "noticed";
  step.name = event.kind;
  step.text = event.text;
  step.role = role;
  step.term = event.term;
  return step;
}

}  // namespace lockstep::processes
