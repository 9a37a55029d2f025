// What a node of the advanced Bully election does, judged by what reached it and what it has on its
// disk: the promises that a node keeps by itself. Those that hold between nodes are
// advanced_bully_rules.hpp's.
//
// Counts nothing with core/quorum and core/fencing, so that their mistakes are seen as well.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/advanced_bully/alphabet.hpp"
#include "core/advanced_bully/config.hpp"
#include "core/base/machine.hpp"
#include "sim/check/certified.hpp"
#include "sim/check/history.hpp"
#include "sim/check/seen_lease.hpp"

namespace lockstep::sim {

// What a node says of itself after a step.
struct ElectionView {
  NodeId leader;  // whom it follows, itself included
  Epoch epoch;    // of the newest leader known
  bool acts = false;
  const std::optional<advanced_bully::Coordinator>* ruling = nullptr;
};

class AdvancedBullyDeeds {
 public:
  using Alphabet = advanced_bully::Alphabet;

  // `promised`: by which all votes are to be counted. The keyring is anybody's of the cluster.
  AdvancedBullyDeeds(advanced_bully::Config config, quorum::Table promised, quorum::Keyring keyring,
                     std::uint32_t nodes);

  // It may be struck, and issues tokens beside its twin.
  void exempt(NodeId node) { at(node).exempt = true; }
  // Disks may forget votes, so that their nodes vote again: any of them may be struck.
  void forgive() { forgiving_ = true; }

  void started(NodeId node, const std::vector<advanced_bully::Record>& durable);
  // `told` is the node's own clock.
  void stepped(Instant now, Instant told, NodeId node, const Event<Alphabet>& event,
               const Effects<Alphabet>& effects, const ElectionView& view);

  // Once a rule and a run.
  [[nodiscard]] std::vector<Violation>& violations() { return violations_; }

 private:
  struct Node {
    bool exempt = false;
    RecordSeq written, durable;
    std::map<Epoch, std::pair<NodeId, RecordSeq>> votes;  // for whom, by which record
    std::map<fencing::Token, RecordSeq> actions;
    std::map<std::pair<NodeId, advanced_bully::ActionId>, std::set<fencing::Token>> asked;
    NodeId leader;
    Epoch epoch;
    Instant heard;                       // of that leader, latest
    std::map<NodeId, Instant> heard_of;  // by that leader in its epoch
    SeenLease lease;
  };
  struct Turn {
    Instant now, told;
    NodeId node;
    const Event<Alphabet>& event;
    const ElectionView& view;
    fencing::Token token{};  // of the latest action in this step
  };
  struct Issued {
    NodeId holder;
    std::uint64_t number = 0;
  };
  Node& at(NodeId node) { return nodes_[node.value() - 1]; }
  void write(Node& state, const advanced_bully::Record& record);
  void note_ruling(const Turn& turn);
  void note_event(const Turn& turn);
  void look_at(Turn& turn, const Effect<Alphabet>& effect);
  void said(Turn& turn, NodeId to, const advanced_bully::Message& message);
  void wrote(const Turn& turn, const advanced_bully::Record& record);
  void acted(Turn& turn, const fencing::Token& token);
  void failed(const Turn& turn, NodeId whom);
  void report(const Turn& turn, const std::string& rule, const std::string& text);

  advanced_bully::Config config_;
  quorum::Table promised_;
  quorum::Keyring keyring_;
  std::vector<Node> nodes_;
  std::map<Epoch, Issued> tokens_;  // the latest of each epoch
  bool forgiving_ = false;
  std::set<std::string> reported_;
  std::vector<Violation> violations_;
};

}  // namespace lockstep::sim
