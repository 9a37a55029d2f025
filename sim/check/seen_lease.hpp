// SeenLease: a leader's lease as anybody can follow it who sees what the leader sends and what
// reaches it. The plain twin of core/fencing/lease.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/fencing/lease.hpp"
#include "sim/check/certified.hpp"

namespace lockstep::sim {

class SeenLease {
 public:
  SeenLease() = default;
  // A new one for every office.
  SeenLease(NodeId leader, fencing::LeaseConfig config, Electorate electorate)
      : leader_(leader), config_(config), electorate_(std::move(electorate)) {}

  // Instants are the leader's own. A round counts from its first request.
  void sent(fencing::Renewal round, Instant at) {
    if (round <= newest_) return;
    newest_ = round;
    rounds_.emplace(round, Round{at, {leader_}});
  }
  // Answering one round answers the earlier ones.
  void answered(fencing::Renewal round, NodeId member) {
    for (auto& [number, sent] : rounds_) {
      if (number > round) break;
      sent.members.insert(member);
    }
  }
  // The margin is rounded to the leader's favour.
  [[nodiscard]] bool holds(Instant now) {
    const Duration margin(config_.length.ns() / config_.drift.denominator *
                          config_.drift.numerator);
    const Duration usable = config_.length - margin;
    std::erase_if(rounds_, [&](const auto& r) { return r.second.at + usable <= now; });
    return std::any_of(rounds_.begin(), rounds_.end(),
                       [&](const auto& r) { return electorate_.elects(r.second.members); });
  }

 private:
  struct Round {
    Instant at;
    std::set<NodeId> members;
  };
  NodeId leader_;
  fencing::LeaseConfig config_;
  Electorate electorate_;
  fencing::Renewal newest_;
  std::map<fencing::Renewal, Round> rounds_;
};

}  // namespace lockstep::sim
