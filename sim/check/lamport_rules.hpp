// The rules of a Lamport log, looked at from outside: of clocks, stamps, what is said to be held,
// what is acknowledged, and what logs show in the end.
//
// A rule believes no machine: what a node holds durably is counted from the records it was told are
// durable, and causes are known from vector clocks (causes.hpp).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/lamport/alphabet.hpp"
#include "core/lamport/config.hpp"
#include "core/lamport/log.hpp"
#include "sim/check/causes.hpp"
#include "sim/check/history.hpp"

namespace lockstep::sim {

class LamportRules {
 public:
  // Nodes are 1 .. nodes; clients are the processes behind them.
  LamportRules(std::uint32_t nodes, std::uint32_t clients, lamport::Mode mode);

  Causes& causes() { return causes_; }

  void started(NodeId node, const std::vector<lamport::Record>& durable);
  void told_durable(NodeId node, RecordSeq upto);
  void persisted(Instant now, NodeId node, const lamport::Record& record);
  // What a node says in one step, each with the time it says it at.
  void said(Instant now, NodeId node, lamport::LamportTime time, const lamport::Message& message);
  void said(Instant now, NodeId node, lamport::LamportTime time);
  void step_ends(NodeId node);
  void heard(Instant now, NodeId node, lamport::LamportTime told, lamport::LamportTime after);
  void stamped(Instant now, NodeId node, lamport::Stamp stamp);
  void shown(Instant now, NodeId node, lamport::Stamp stamp);
  void acknowledged(Instant now, NodeId node, lamport::Origin origin);

  // Of the nodes that reach one another, what each shows.
  struct Group {
    std::vector<std::pair<NodeId, const lamport::Log*>> logs;
  };
  // In quiet times. What a group shows at one such look, all of it shows at one that is `patience`
  // later, as equals; and where a majority is, all that was acknowledged is there.
  void judge_quiet(Instant now, const std::vector<Group>& groups, Duration patience);
  void disturbed() { quiet_.reset(); }
  // At any time: a node keeps what it showed.
  void judge_shown(Instant now, NodeId node, const lamport::Log& log);

  [[nodiscard]] std::vector<Violation>& violations() { return violations_; }

 private:
  struct Write {
    RecordSeq record;
    NodeId stream;  // nobody: a bound
    lamport::Number number;
    lamport::Stamp stamp;
    std::shared_ptr<const Causes::Clock> known;  // by the node, when it wrote
  };
  struct Node {
    lamport::LamportTime told;       // the latest time it said
    lamport::LamportTime this_step;  // 0: nothing said
    RecordSeq issued;
    std::deque<Write> writes;              // not known to be durable
    std::vector<lamport::Number> durable;  // [stream - 1]
    std::size_t delivered = 0;             // multicast: in this life
    std::size_t shown = 0;                 // replicated: ever
  };
  struct Quiet {
    Instant at;
    std::vector<std::set<lamport::Origin>> shown;  // by any of a group
    std::set<lamport::Origin> acknowledged;
  };

  Node& at(NodeId node) { return nodes_[node.value() - 1]; }
  [[nodiscard]] bool holds(const Node& node, lamport::Origin origin) const;
  [[nodiscard]] Quiet look(Instant now, const std::vector<Group>& groups) const;
  void judge_group(Instant now, const Group& group, const std::set<lamport::Origin>& expected);
  void broke(const char* rule, std::string text, NodeId node, Instant now);

  lamport::Mode mode_;
  Causes causes_;
  std::vector<Node> nodes_;
  std::map<lamport::Stamp, std::pair<lamport::Origin, lamport::Number>> stamps_;
  std::map<lamport::Origin, std::vector<std::pair<NodeId, lamport::Number>>> places_;
  std::vector<lamport::Stamp> delivered_;  // multicast: by whoever was first
  std::set<lamport::Origin> acknowledged_;
  std::optional<Quiet> quiet_;
  std::set<std::string> broken_;  // rules that were reported
  std::vector<Violation> violations_;
};

}  // namespace lockstep::sim
