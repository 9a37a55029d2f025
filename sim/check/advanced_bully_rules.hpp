// The rules of the advanced Bully election, judged from outside the machines.
//
// At every instant: one leader an epoch, one vote of a node an epoch, epochs of a node only grow,
// no resource takes an older token after a newer, and every trail is the one that was written. In
// quiet times, of every group whose members reach one another and no other: exactly one leads, if
// the group can elect one, and the whole group follows it; if it cannot, nobody may act.
//
// Mode none and degraded promise less; scenarios that show how they split expect the violation.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/advanced_bully/alphabet.hpp"
#include "core/audit/verify.hpp"
#include "core/base/epoch.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "sim/check/history.hpp"

namespace lockstep::sim {

// A live node in quiet times.
struct ElectionMember {
  NodeId node;
  NodeId leader;  // whom it follows, itself included
  bool acts = false;
};
struct ElectionGroup {
  std::vector<ElectionMember> members;
  bool elects = false;  // its weight is a quorum's
};

class AdvancedBullyRules {
 public:
  explicit AdvancedBullyRules(std::uint32_t nodes) : nodes_(nodes) {}

  // Copies of one identity (twins) are one node here; only what it is promised of the honest ones
  // is judged, so whoever is made a traitor or a twin is exempt from its own promises.
  void exempt(NodeId node) { at(node).exempt = true; }

  void started(Instant now, NodeId node, const std::vector<advanced_bully::Record>& durable);
  void persisted(Instant now, NodeId node, const advanced_bully::Record& record);
  void told_durable(NodeId node, RecordSeq upto);
  void elected(Instant now, NodeId node, Epoch epoch);

  // Once a rule and a run.
  void judge_quiet(Instant now, const std::vector<ElectionGroup>& groups);
  [[nodiscard]] static bool settled(const std::vector<ElectionGroup>& groups);
  [[nodiscard]] std::vector<Violation>& violations() { return violations_; }

 private:
  struct Node {
    bool exempt = false;
    std::map<Epoch, NodeId> votes;      // that are durable or on their way
    Epoch newest;                       // durable
    fencing::Token token;               // of the latest action the resource took
    std::vector<audit::Event> written;  // of this incarnation, to be checked
    audit::Sequence last;               // of the trail
    Hash head{};
    std::vector<std::pair<RecordSeq, Epoch>> epochs;  // on their way
    RecordSeq records;
  };
  Node& at(NodeId node) { return nodes_[node.value() - 1]; }
  void note_event(Instant now, NodeId node, const audit::Event& event);
  void report(Instant now, NodeId node, const std::string& rule, std::string text);

  std::vector<Node> nodes_;
  std::map<Epoch, NodeId> leaders_;
  std::set<std::string> reported_;
  std::vector<Violation> violations_;
};

}  // namespace lockstep::sim
