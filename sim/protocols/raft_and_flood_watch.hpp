// What the simulator watches where Raft and the flooding search share nodes: each side as if it
// were alone. Leaders and agreement on them are Raft's; both must have settled.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/side_by_side.hpp"
#include "sim/protocols/flood_watch.hpp"
#include "sim/protocols/raft_watch.hpp"

namespace lockstep::sim {

using RaftAndFlood = SideBySide<kv::Replica, Rogue>;
using RaftSide = PairSide<RaftAndFlood::Alphabet, 0>;
using FloodSide = PairSide<RaftAndFlood::Alphabet, 1>;

struct RaftAndFloodOrder {
  Instant at;
  NodeId node;
  RaftAndFlood::Alphabet::Request request;
};
struct RaftAndFloodPlan {
  kv::Config raft;
  FloodPlan flood;
  std::vector<RaftAndFloodOrder> orders;  // of the flooding search
};

class RaftAndFloodWatch {
 public:
  static constexpr bool judges_quiet = false;
  using Alphabet = RaftAndFlood::Alphabet;

  // The plan outlives it.
  RaftAndFloodWatch(const Scenario& scenario, const RaftAndFloodPlan& plan)
      : shares_(scenario.nodes), raft_(scenario), flood_(scenario, plan.flood) {}
  void started(Instant now, NodeId node, const std::vector<Alphabet::Record>& durable);
  void stepped(Instant now, NodeId node, const RaftAndFlood& machine, const Event<Alphabet>& event,
               const Effects<Alphabet>& effects);
  void crashed(Instant now, NodeId node, const RaftAndFlood& machine);
  [[nodiscard]] bool take_change();
  [[nodiscard]] bool settled(const Cluster<RaftAndFlood>& cluster) const;
  void judge_quiet(Instant, const Cluster<RaftAndFlood>&) {}
  void finished(Instant now, const Cluster<RaftAndFlood>& cluster);
  [[nodiscard]] std::optional<Instant> leader_since() const { return raft_.leader_since(); }
  [[nodiscard]] std::optional<std::pair<NodeId, Instant>> elected() const {
    return raft_.elected();
  }
  void note_quiet(Instant now) { raft_.note_quiet(now); }
  void judge_stragglers(Instant now, const Cluster<RaftAndFlood>& cluster);
  [[nodiscard]] std::vector<Violation>& violations() { return violations_; }
  void add_witnesses(std::set<std::string>& witnesses) const;
  void add_figures(std::vector<std::pair<std::string, double>>& figures) const;

 private:
  void collect();

  std::vector<RecordShares> shares_;  // of each node's log
  RaftWatch raft_;
  FloodWatch flood_;
  std::vector<Violation> violations_;
};

}  // namespace lockstep::sim
