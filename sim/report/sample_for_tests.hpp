// Builds made-up traces for tests of what is drawn from one: no protocol runs, but steps, messages,
// roles and faults fit together as they would.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/trace/step.hpp"

namespace lockstep::sim {

class Sample {
 public:
  std::vector<TraceLine> lines;
  std::vector<HistoryOperation> history;
  std::uint64_t steps = 0;

  TracedStep& step(Instant at, NodeId node, std::string event, std::string name = "") {
    TracedStep made;
    made.number = ++steps;
    made.at = at;
    made.node = node;
    made.text = event + " " + name;
    made.event = std::move(event);
    made.name = std::move(name);
    if (!is_client(node)) {
      const Role& role = roles_[node];
      made.role = role.name;
      made.term = role.term;
      made.commit = role.commit;
      made.state = "server{self=n" + std::to_string(node.value()) + " role=" + role.name +
                   " term=" + std::to_string(role.term) + "}";
    }
    lines.emplace_back(std::move(made));
    return std::get<TracedStep>(lines.back());
  }
  void role(NodeId node, std::string name, std::uint64_t term) {
    roles_[node].name = std::move(name);
    roles_[node].term = term;
  }
  void commit(NodeId node) { ++roles_[node].commit; }

  // Adds a message to a step that was just made, and remembers that it is to be received.
  std::uint64_t send(TracedStep& step, NodeId to, std::string name, Duration flight) {
    const std::uint64_t id = ++messages_;
    const bool cut = std::find(cut_.begin(), cut_.end(), std::pair(step.node, to)) != cut_.end();
    const bool lost = id % 97 == 0;
    step.effects.push_back("send " + name);
    TracedSend sent{id, to, std::move(name), std::nullopt, cut ? "cut" : lost ? "loss" : ""};
    if (!cut && !lost) sent.arrives = step.at + flight;
    step.sent.push_back(sent);
    return cut || lost ? 0 : id;
  }
  void fault(Instant at, std::string kind, std::string text, std::vector<NodeId> nodes,
             std::vector<std::pair<NodeId, NodeId>> cut) {
    cut_ = cut;
    lines.emplace_back(TracedFault{at, std::move(kind), std::move(text), std::move(nodes), cut});
  }
  [[nodiscard]] bool can_reach(NodeId from, NodeId to) const {
    return std::find(cut_.begin(), cut_.end(), std::pair(from, to)) == cut_.end();
  }

 private:
  struct Role {
    std::string name = "follower";
    std::uint64_t term = 0;
    std::uint64_t commit = 0;
  };
  std::map<NodeId, Role> roles_;
  std::vector<std::pair<NodeId, NodeId>> cut_;
  std::uint64_t messages_ = 0;
};

}  // namespace lockstep::sim
