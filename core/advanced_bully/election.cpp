// Standing and voting: who is fitter bullies, who is less fit votes, and a quorum decides.
#include <algorithm>

#include "core/advanced_bully/advanced_bully.hpp"
#include "core/base/check.hpp"

namespace lockstep::advanced_bully {
namespace {

// A peer may name any epoch. So far ahead of what is known nobody is without a certificate, and
// epochs do not run out.
constexpr std::uint64_t farthest = std::uint64_t{1} << 20;
constexpr std::uint64_t last_epoch = std::uint64_t{1} << 62;

bool remove(std::vector<NodeId>& nodes, NodeId node) { return std::erase(nodes, node) > 0; }

}  // namespace

bool AdvancedBully::is_near(Epoch epoch) const {
  return epoch.value() < last_epoch && epoch.value() <= newest().value() + farthest;
}

bool AdvancedBully::is_passed_over(Instant now, NodeId node) const {
  const Instant* until = passed_over_.find(node);
  return until != nullptr && now < *until;
}

// Two thirds of the election timeout: who suspects a leader finds others that will soon.
bool AdvancedBully::hears_leader(Instant now) const {
  if (const auto* leading = std::get_if<Leading>(&role_))
    return leading->lease.holds(now) || now < leading->since + config_.answer_timeout;
  const auto* following = std::get_if<Following>(&role_);
  return following != nullptr && following->leader != nobody &&
         now < following->heard + config_.election_timeout * 2 / 3;
}

quorum::Table AdvancedBully::table(Epoch epoch, const Proofs& struck) const {
  quorum::Table table = base_;
  for (const quorum::Evidence& evidence : struck) {
    const quorum::Table without = table.strike(evidence.voter);
    if (refusal(without).empty()) table = without;
  }
  return table.in(epoch);
}

void AdvancedBully::hold_election(Turn& turn) {
  const Epoch epoch = newest().next();
  // Who is struck can win nothing.
  if (table(epoch, struck_).find(self()) == nullptr)
    return take_role(turn, Waiting{}, turn.now + config_.coordinator_timeout);
  const bully::Breakdown own = breakdown(turn.now);
  Electing electing{epoch,
                    bully::claim(epoch, self(), own),
                    quorum::BallotBox(config_.cluster, table(epoch, struck_), config_.votes),
                    struck_,
                    {}};
  note(turn, audit::ElectionStarted{epoch, self()});
  check(electing.box.note_claim(electing.claim), "the first claim stands");
  for (NodeId node(1); node <= NodeId(count_); ++node) {
    if (node != self() && !is_passed_over(turn.now, node)) electing.awaited.push_back(node);
  }
  const Election election{epoch, electing.claim, own, struck_};
  take_role(turn, std::move(electing), turn.now + config_.answer_timeout);
  send_to_others(turn, election);
  vote_for(turn, election);
  if (std::get<Electing>(role_).awaited.empty()) conclude(turn);
}

// A node votes once an epoch, and the vote is durable before it counts anywhere.
void AdvancedBully::vote_for(Turn& turn, const Election& election) {
  check(voted_ < election.epoch, "one vote an epoch");
  vote_ = quorum::cast({.cluster = config_.cluster,
                        .epoch = election.epoch,
                        .table = table(election.epoch, election.struck).digest(),
                        .claim = election.claim,
                        .cast_at = turn.now,
                        .voter = self()},
                       keyring_);
  voted_ = election.epoch;
  persist(turn, Voted{*vote_});
  owe(turn, election.claim.candidate, VoteCast{*vote_});
}

void AdvancedBully::on(Turn& turn, NodeId from, const Election& message) {
  if (!is_near(message.epoch)) return;
  if (message.claim.candidate != from ||
      !bully::supports(config_.score, message.epoch, message.breakdown, message.claim))
    return report(turn, message.epoch, {quorum::Offence::unsupported_score, from, {}});
  if (!are_proofs(message.struck))
    return report(turn, message.epoch, {quorum::Offence::bad_signature, from, {}});
  adopt_all(turn, message.struck);
  if (!teach(turn, from, message.struck)) return;
  if (hears_leader(turn.now)) {
    if (ruling_) return send(turn, from, *ruling_);
    return send(turn, from, VoteRefused{message.epoch, newest()});
  }
  const bool stands = !is_passed_over(turn.now, self());
  const bully::Fitness theirs{message.claim.score, from};
  const bully::Fitness own{bully::total(breakdown(turn.now)), self()};
  const bool dubious = is_passed_over(turn.now, from);
  if (stands && (dubious || own > theirs)) {
    if (!dubious) send(turn, from, Answer{message.epoch});
    if (dubious) send(turn, from, VoteRefused{message.epoch, newest()});
    if (role() == RoleName::follower) hold_election(turn);
    return;
  }
  if (vote_ && vote_->ballot.epoch == message.epoch && vote_->ballot.claim == message.claim)
    return owe(turn, from, VoteCast{*vote_});
  if (message.epoch <= newest()) return send(turn, from, VoteRefused{message.epoch, newest()});
  if (role() == RoleName::coordinator) step_down(turn);
  vote_for(turn, message);
  take_role(turn, Waiting{from}, turn.now + config_.coordinator_timeout);
}

void AdvancedBully::on(Turn& turn, NodeId from, const Answer& message) {
  const auto* electing = std::get_if<Electing>(&role_);
  if (electing == nullptr || electing->epoch != message.epoch) return;
  if (is_passed_over(turn.now, from)) return;
  take_role(turn, Waiting{from}, turn.now + config_.coordinator_timeout);
}

void AdvancedBully::on(Turn& turn, NodeId from, const VoteCast& message) {
  const auto* electing = std::get_if<Electing>(&role_);
  if (electing == nullptr || message.vote.ballot.epoch != electing->epoch) return;
  count(turn, message.vote);
  heard_all_but(turn, from);
}

void AdvancedBully::on(Turn& turn, NodeId from, const VoteRefused& message) {
  auto* electing = std::get_if<Electing>(&role_);
  if (electing == nullptr || electing->epoch != message.epoch) return;
  if (is_near(message.newest)) voted_ = std::max(voted_, message.newest);
  heard_all_but(turn, from);
}

void AdvancedBully::count(Turn& turn, const quorum::Vote& vote) {
  auto* electing = std::get_if<Electing>(&role_);
  if (electing == nullptr || vote.ballot.epoch != electing->epoch) return;
  const auto counted = electing->box.add(turn.now, vote, keyring_);
  if (const auto* evidence = std::get_if<quorum::Evidence>(&counted)) {
    const Epoch epoch = electing->epoch;
    const quorum::Evidence found = *evidence;  // adopting it may change the role
    if (found.offence == quorum::Offence::replay) return;
    report(turn, epoch, found);
    if (adopt(turn, found)) send_to_others(turn, Accusation{found});
    return;
  }
  if (electing->awaited.empty()) conclude(turn);
}

void AdvancedBully::heard_all_but(Turn& turn, NodeId from) {
  auto* electing = std::get_if<Electing>(&role_);
  if (electing == nullptr || !remove(electing->awaited, from)) return;
  if (electing->awaited.empty()) conclude(turn);
}

// A quorum decides once nobody is waited for who might be fitter.
void AdvancedBully::conclude(Turn& turn) {
  auto& electing = std::get<Electing>(role_);
  const bool own_is_down = base_.mode == quorum::Mode::none || electing.box.weight_for(self()) > 0;
  if (const auto certificate = electing.box.certificate(self()); certificate && own_is_down) {
    const quorum::Certificate won = *certificate;
    return lead(turn, won);
  }
  if (armed_) return;  // more may come
  give_up(turn);
}

void AdvancedBully::give_up(Turn& turn) {
  const auto& electing = std::get<Electing>(role_);
  note(turn, audit::QuorumFailed{electing.epoch, self(),
                                 static_cast<std::uint32_t>(electing.box.weight_for(self())),
                                 static_cast<std::uint32_t>(electing.box.table().threshold())});
  hold_election(turn);
}

}  // namespace lockstep::advanced_bully
