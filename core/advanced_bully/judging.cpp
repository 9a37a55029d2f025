// Whom a node hears, whom it still listens to, and by which table it counts.
#include <algorithm>

#include "core/advanced_bully/advanced_bully.hpp"

namespace lockstep::advanced_bully {
namespace {

// A peer may name any epoch. One that is ahead by more than a stride takes this node along once a
// coordinator_timeout, and for each that it let pass no farther than this: so epochs do not run
// out, and an honest node that a liar took far ahead is caught up with in one step.
constexpr std::uint64_t stride = 64;
constexpr std::uint64_t farthest = std::uint64_t{1} << 20;
constexpr std::uint64_t last_epoch = std::uint64_t{1} << 62;

}  // namespace

bool AdvancedBully::reaches(Instant now, NodeId from, Epoch epoch) {
  if (epoch.value() >= last_epoch) return false;
  if (epoch.value() <= newest().value() + stride) return true;
  std::optional<Instant>& latest = peers_[from].jumped;
  const Duration since = now - latest.value_or(started_);
  const auto times = static_cast<std::uint64_t>(since.ns() / config_.coordinator_timeout.ns());
  if (latest && times == 0) return false;
  latest = now;
  const std::uint64_t allowed = farthest * (1 + std::min<std::uint64_t>(times, farthest));
  const bool reached = epoch.value() <= newest().value() + allowed;
  voted_ = reached ? epoch.previous() : Epoch(newest().value() + allowed);
  return reached;
}

// Two thirds of the time-out (config.hpp): who suspects a leader finds others that will soon.
// As long a leader is sure of itself before its first lease.
bool AdvancedBully::hears_leader(Instant now) const {
  const Duration most = suspicious(config_);
  if (const auto* leading = std::get_if<Leading>(&role_))
    return leading->lease.holds(now) || (!leading->lease.until() && now < leading->since + most);
  const auto* following = std::get_if<Following>(&role_);
  return following != nullptr && following->leader != nobody && now < office_.heard + most;
}

// Whoever suspects a leader waits for its answer no more than for that of one given up.
bool AdvancedBully::is_silent(Instant now, NodeId node) const {
  const Duration silence = now - office_.heard;
  return node == ruled_.leader && suspicious(config_) <= silence && silence < config_.cool_down;
}

quorum::Table AdvancedBully::table(Epoch epoch, const Proofs& struck,
                                   const Weights& weights) const {
  quorum::Table table = base_;
  for (const quorum::Evidence& evidence : struck) {
    const quorum::Table without = table.strike(evidence.voter);
    if (refusal(without).empty()) table = without;
  }
  return weighed(table, weights).in(epoch);
}

// As the table without these has it. A thousand that stand ask a million times, mostly of nobody.
bool AdvancedBully::is_member(NodeId node, const Proofs& struck) const {
  if (struck.empty()) return base_.find(node) != nullptr;
  return table(newest(), struck).find(node) != nullptr;
}

// A leader that lies may be heard by too few to be voted out, and by too many to be believed: where
// there may be liars, more than can lie stand on although they were told who leads.
bool AdvancedBully::insists(Instant now, NodeId from) {
  const quorum::Table table = this->table(newest(), struck_);
  if (role() != RoleName::follower || table.faulty() == 0) return false;
  std::optional<Standing>& standing = peers_[from].standing;
  const bool again = standing && now < standing->latest + config_.election_timeout;
  standing = {again ? standing->first : now, now};
  std::vector<NodeId> deaf;
  for (const auto& [node, peer] : peers_) {
    const auto& stood = peer.standing;
    const bool recent = stood && now < stood->latest + config_.election_timeout;
    if (recent && stood->first + config_.answer_timeout <= stood->latest) deaf.push_back(node);
  }
  return table.weight_of(deaf) > table.faulty();
}

}  // namespace lockstep::advanced_bully
