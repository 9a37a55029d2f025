// Guarded actions: one after the other, each with a token of its own, on the resource of every
// node.
#include <algorithm>

#include "core/advanced_bully/advanced_bully.hpp"
#include "core/base/overloaded.hpp"

namespace lockstep::advanced_bully {
namespace {

constexpr std::size_t most_pending = 256;

}  // namespace

void AdvancedBully::guard(Turn& turn, RequestId id, const Guard& guard) {
  const auto refuse = [&](Reply reply) {
    turn.out.emplace_back(lockstep::Answer<Reply>{id, std::move(reply)});
  };
  auto* leading = std::get_if<Leading>(&role_);
  if (leading == nullptr) return refuse(NotLeader{leader()});
  if (!leading->lease.holds(turn.now) || leading->pending.size() >= most_pending)
    return refuse(NotNow{});
  leading->pending.push_back({id, guard, {}, {}, {}});
  if (leading->pending.size() == 1) next_action(turn);
}

// The lease is looked at when the action begins; what comes late is the resource's to refuse.
void AdvancedBully::next_action(Turn& turn) {
  auto& leading = std::get<Leading>(role_);
  if (leading.pending.empty()) return;
  if (!leading.lease.holds(turn.now)) return step_down(turn);
  Pending& action = leading.pending.front();
  action.id = next_action_ = next_action_.next();
  action.until = turn.now + config_.coordinator_timeout;
  ++leading.token.number;
  const Act act{action.id, {leading.token, action.guard.key, action.guard.value}};
  send_to_others(turn, act);
  const auto verdict = resource_.accept(written_.next(), act.action);
  const auto* accepted = std::get_if<fencing::Accepted>(&verdict);
  if (accepted == nullptr) return end_action(turn, Doubtful{});
  persist(turn, accepted->record);
  owe(turn, self(), ActAccepted{act.id});
}

void AdvancedBully::end_action(Turn& turn, Reply reply) {
  auto& leading = std::get<Leading>(role_);
  turn.out.emplace_back(lockstep::Answer<Reply>{leading.pending.front().request, std::move(reply)});
  leading.pending.pop_front();
  next_action(turn);
}

void AdvancedBully::accepted_by(Turn& turn, NodeId host, ActionId id) {
  auto* leading = std::get_if<Leading>(&role_);
  if (leading == nullptr || leading->pending.empty() || leading->pending.front().id != id) return;
  auto& accepted = leading->pending.front().accepted;
  const auto place = std::lower_bound(accepted.begin(), accepted.end(), host);
  if (place != accepted.end() && *place == host) return;
  accepted.insert(place, host);
  if (table(ruled_.epoch, ruling_->struck).reaches(accepted))
    end_action(turn, Guarded{leading->token});
}

// A byzantine sender may name any token: one of an epoch whose leader is not proven is not looked
// at, and one of an epoch that is, only from its leader.
void AdvancedBully::on(Turn& turn, NodeId from, const Act& message) {
  const Epoch epoch = message.action.token.epoch;
  if (base_.mode != quorum::Mode::none) {
    if (epoch > ruled_.epoch) return send(turn, from, WhoLeads{epoch});
    if (epoch == ruled_.epoch && from != ruled_.leader) return;
    // Whoever led that epoch, another leads by now: its first token was seen with its certificate.
    if (epoch < ruled_.epoch)
      return refuse(turn, from, message, {fencing::Refusal::old_token, office_token()});
  }
  const auto verdict = resource_.accept(written_.next(), message.action);
  std::visit(
      Overloaded{[&](const fencing::Accepted& accepted) {
                   persist(turn, accepted.record);
                   owe(turn, from, ActAccepted{message.id});
                 },
                 [&](const fencing::Refused& refused) { refuse(turn, from, message, refused); }},
      verdict);
}

fencing::Token AdvancedBully::office_token() const {
  return std::max(resource_.seen(), fencing::Token{ruled_.epoch, 1});
}

// An old token of a node goes into the trail once until somebody else leads.
void AdvancedBully::refuse(Turn& turn, NodeId from, const Act& act,
                           const fencing::Refused& refused) {
  const bool known = peers_[from].refused == ruled_.epoch;
  if (refused.why == fencing::Refusal::old_token && !known) {
    peers_[from].refused = ruled_.epoch;
    note(turn, audit::TokenRefused{act.action.token, from, refused.seen});
  }
  send(turn, from, ActRefused{act.id, refused});
}

void AdvancedBully::on(Turn& turn, NodeId from, const ActAccepted& message) {
  accepted_by(turn, from, message.id);
}

// It may be a lie, or late: the action goes on until a quorum took it or its time is over.
void AdvancedBully::on(Turn&, NodeId, const ActRefused&) {}

}  // namespace lockstep::advanced_bully
