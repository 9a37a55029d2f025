// What the simulator watches in a Raft cluster: the rules of figure 3, witnesses, and the figures
// of a run.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/kv/replica.hpp"
#include "sim/check/raft_rules.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {

class RaftWatch {
 public:
  static constexpr bool judges_quiet = false;
  using Alphabet = kv::Replica::Alphabet;

  explicit RaftWatch(const Scenario& scenario);
  void started(Instant now, NodeId node, const std::vector<raft::Record>& durable);
  void stepped(Instant now, NodeId node, const kv::Replica& machine, const Event<Alphabet>& event,
               const Effects<Alphabet>& effects);
  void crashed(Instant now, NodeId node, const kv::Replica& machine);
  [[nodiscard]] bool take_change() { return std::exchange(changed_, false); }
  // A leader has committed in its term, and every live node it reaches follows it.
  [[nodiscard]] bool settled(const Cluster<kv::Replica>& cluster) const;
  void judge_quiet(Instant, const Cluster<kv::Replica>&) {}
  void finished(Instant now, const Cluster<kv::Replica>& cluster);

  // When the newest leader was elected, while it leads and no other does.
  [[nodiscard]] std::optional<Instant> leader_since() const {
    return leaders_now_ == 1 && newest_leads_ ? std::optional(elected_) : std::nullopt;
  }
  // The newest leader, and when it was elected.
  [[nodiscard]] std::optional<std::pair<NodeId, Instant>> elected() const {
    return newest_leader_ == nobody ? std::nullopt
                                    : std::optional(std::pair(newest_leader_, elected_));
  }
  // From here on nothing is disturbed; in the end whoever the leader reaches has caught up to here,
  // or is about to: its commit index has grown lately.
  void note_quiet(Instant now) {
    quiet_commit_ = committed_;
    quiet_at_ = now;
  }
  void judge_stragglers(Instant now, const Cluster<kv::Replica>& cluster);
  [[nodiscard]] std::vector<Violation>& violations() { return violations_; }
  void add_witnesses(std::set<std::string>& witnesses) const;
  void add_figures(std::vector<std::pair<std::string, double>>& figures) const;

 private:
  void look_at(const Send<raft::Message>& send);
  void look_at(Instant now, NodeId node, const raft::Notice& notice);
  void look_at(const Event<Alphabet>& event, const Answer<kv::Reply>& answer);
  void role_changed(NodeId node, raft::RoleName before, raft::RoleName after);

  RaftRules rules_;
  std::vector<Violation> violations_;
  std::vector<raft::RoleName> roles_;
  bool changed_ = false;

  NodeId newest_leader_;
  raft::Term newest_term_;
  bool newest_leads_ = false;
  int leaders_now_ = 0;
  Instant elected_;
  std::optional<Instant> first_elected_;
  std::uint64_t candidacies_ = 0, leaders_ = 0;
  raft::LogIndex committed_, quiet_commit_;
  Instant quiet_at_;
  struct Grown {
    raft::LogIndex commit;
    Instant at;  // when it last changed
  };
  std::vector<Grown> grown_;  // of each node

  bool leader_changed_ = false, split_vote_ = false, overwritten_ = false, two_leaders_ = false,
       vote_refused_ = false, pre_vote_refused_ = false, stepped_down_ = false, rejected_ = false,
       duplicate_ = false, not_leader_ = false, transferred_ = false, disk_stalled_ = false;
};

}  // namespace lockstep::sim
