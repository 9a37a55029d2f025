// Standing and voting: who is fitter bullies, who is less fit votes, and a quorum decides.
#include <algorithm>

#include "core/advanced_bully/advanced_bully.hpp"
#include "core/base/check.hpp"
#include "core/base/random.hpp"

namespace lockstep::advanced_bully {
namespace {

bool remove(std::vector<NodeId>& nodes, NodeId node) { return std::erase(nodes, node) > 0; }

}  // namespace

void AdvancedBully::hold_election(Turn& turn, bool again) {
  const Epoch epoch = newest().next();
  // Who is struck can win nothing, and who resigned stands aside.
  if (table(epoch, struck_).find(self()) == nullptr || peers_.stands_aside(turn.now, self()))
    return wait_for(turn, nobody);
  const bully::Breakdown own = breakdown(turn.now);
  // By weights twice: where too little of what is alive is reliable, the configured table decides.
  const Weights weights = attempts_ < 2 ? weights_ : Weights{};
  Electing electing{
      .epoch = epoch,
      .claim = bully::claim(epoch, self(), own),
      .box = quorum::BallotBox(config_.cluster, table(epoch, struck_, weights), config_.votes),
      .struck = struck_,
      .weights = weights,
      .awaited = {},
      .again = again};
  note(turn, audit::ElectionStarted{epoch, self()});
  check(electing.box.note_claim(electing.claim), "the first claim stands");
  for (NodeId node(1); node <= NodeId(count_); ++node) {
    if (node != self() && !peers_.is_passed_over(turn.now, node) && !is_silent(turn.now, node))
      electing.awaited.push_back(node);
  }
  const Election election{epoch, electing.claim, own, struck_, weights};
  take_role(turn, std::move(electing), turn.now + config_.answer_timeout + pause(epoch));
  ++attempts_;
  send_to_others(turn, election);
  vote_for(turn, election);
  if (std::get<Electing>(role_).awaited.empty()) conclude(turn);
}

// Two that passed each other over would split the votes for ever in step. Who waits for a candidate
// waits long enough for its second attempt.
Duration AdvancedBully::pause(Epoch epoch) const {
  if (attempts_ < 2) return {};
  const Duration most = (config_.coordinator_timeout - config_.answer_timeout) / 2;
  return Random(mix_seed(seed_, epoch.value())).between(Duration(0), most);
}

// Each is waited for once until somebody leads, however often it stands again: so liars that take
// turns keep nobody waiting for ever.
void AdvancedBully::wait_for(Turn& turn, NodeId whom) {
  Instant until = turn.now + config_.coordinator_timeout;
  if (whom != nobody) {
    std::optional<Instant>& patience = peers_[whom].patience;
    if (!patience) patience = until;
    until = std::max(turn.now, *patience);
  }
  take_role(turn, Waiting{whom}, until);
}

// A node votes once an epoch, and the vote is durable before it counts anywhere.
void AdvancedBully::vote_for(Turn& turn, const Election& election) {
  check(voted_ < election.epoch, "one vote an epoch");
  vote_ = quorum::cast({.cluster = config_.cluster,
                        .epoch = election.epoch,
                        .table = table(election.epoch, election.struck, election.weights).digest(),
                        .claim = election.claim,
                        .cast_at = turn.now,
                        .voter = self()},
                       keyring_);
  voted_ = election.epoch;
  persist(turn, Voted{*vote_});
  owe(turn, election.claim.candidate, VoteCast{*vote_});
}

void AdvancedBully::on(Turn& turn, NodeId from, const Election& message) {
  if (!reaches(turn.now, from, message.epoch)) return;
  if (message.claim.candidate != from ||
      !bully::supports(config_.score, message.epoch, message.breakdown, message.claim))
    return report(turn, message.epoch, {quorum::Offence::unsupported_score, from, {}});
  if (!are_proofs(message.struck))
    return report(turn, message.epoch, {quorum::Offence::bad_signature, from, {}});
  if (!are_weights(base_, message.weights))
    return report(turn, message.epoch, {quorum::Offence::wrong_table, from, {}});
  adopt_all(turn, message.struck);
  if (!teach(turn, from, message.struck)) return;
  if (!is_member(from, message.struck))
    return report(turn, message.epoch, {quorum::Offence::unknown_candidate, from, {}});
  if (hears_leader(turn.now) && !insists(turn.now, from)) {
    if (ruling_) return send(turn, from, *ruling_);
    return send(turn, from, VoteRefused{message.epoch, newest()});
  }
  if (peers_.is_passed_over(turn.now, from)) return indulge(turn, message);
  const bool stands = !peers_.stands_aside(turn.now, self());
  const bully::Fitness theirs{message.claim.score, from};
  const bully::Fitness own{bully::total(breakdown(turn.now)), self()};
  const auto* waiting = std::get_if<Waiting>(&role_);
  const bool is_awaited = waiting != nullptr && waiting->whom == from;
  if (stands && !is_awaited && own > theirs) {
    send(turn, from, Answer{message.epoch});
    if (role() == RoleName::coordinator) step_down(turn);  // its lease is over
    if (role() == RoleName::electing) return outdo(turn, from, message.epoch);
    if (role() != RoleName::follower) return;
    voted_ = std::max(voted_, message.epoch);  // in which its candidate has got a vote
    return hold_election(turn);
  }
  if (vote_ && vote_->ballot.epoch == message.epoch && vote_->ballot.claim == message.claim)
    return owe(turn, from, VoteCast{*vote_});
  if (message.epoch <= newest()) {
    send(turn, from, VoteRefused{message.epoch, newest()});
    if (role() == RoleName::electing) wait_for(turn, from);  // its next one may win
    return;
  }
  if (role() == RoleName::coordinator) step_down(turn);
  vote_for(turn, message);
  wait_for(turn, from);
}

// Nobody waits for a candidate that did not come forward; but when everybody passes everybody over,
// somebody must win all the same, whoever it is. Once a coordinator_timeout, or a liar could use up
// the votes of every epoch. Who resigned gets none.
void AdvancedBully::indulge(Turn& turn, const Election& election) {
  const NodeId candidate = election.claim.candidate;
  const std::optional<Instant> latest = peers_[candidate].indulged;
  const bool again = latest && turn.now < *latest + config_.coordinator_timeout;
  if (peers_.stands_aside(turn.now, candidate) || again || election.epoch <= newest())
    return send(turn, candidate, VoteRefused{election.epoch, newest()});
  if (role() == RoleName::coordinator) step_down(turn);
  peers_[candidate].indulged = turn.now;
  vote_for(turn, election);
}

void AdvancedBully::on(Turn& turn, NodeId from, const Answer& message) {
  const auto* electing = std::get_if<Electing>(&role_);
  if (electing == nullptr || electing->epoch != message.epoch) return;
  if (peers_.is_passed_over(turn.now, from)) return;
  wait_for(turn, from);
}

void AdvancedBully::on(Turn& turn, NodeId from, const VoteCast& message) {
  const quorum::Ballot& ballot = message.vote.ballot;
  // Another's vote proves nothing that its voter would not say.
  if (ballot.voter != from)
    return report(turn, ballot.epoch, {quorum::Offence::bad_signature, from, {}});
  const auto* electing = std::get_if<Electing>(&role_);
  if (electing == nullptr || ballot.epoch != electing->epoch) {
    if (ballot.epoch <= newest() && ballot.cluster == config_.cluster &&
        authentic(message.vote, keyring_))
      witness(turn, message.vote);
    return;
  }
  count(turn, message.vote);
  heard_all_but(turn, from);
}

void AdvancedBully::on(Turn& turn, NodeId from, const VoteRefused& message) {
  auto* electing = std::get_if<Electing>(&role_);
  if (electing == nullptr || electing->epoch != message.epoch) return;
  electing->contended = true;
  if (reaches(turn.now, from, message.newest)) voted_ = std::max(voted_, message.newest);
  heard_all_but(turn, from);
}

// A candidate that is less fit has voted for itself, and waits for this node. While others are
// awaited one of them may be fitter than both.
void AdvancedBully::outdo(Turn& turn, NodeId from, Epoch epoch) {
  auto* electing = std::get_if<Electing>(&role_);
  if (electing == nullptr) return;
  electing->outdone = std::max(electing->outdone, epoch);
  if (electing->epoch != epoch) return;
  electing->contended = true;
  if (remove(electing->awaited, from) && electing->awaited.empty()) conclude(turn);
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
    return convict(turn, found);
  }
  if (vote.ballot.voter == self()) electing->votes_itself = true;
  if (vote.ballot.voter != self()) witness(turn, vote);
  electing = std::get_if<Electing>(&role_);
  if (electing == nullptr) return;
  if (electing->awaited.empty()) conclude(turn);
}

void AdvancedBully::heard_all_but(Turn& turn, NodeId from) {
  auto* electing = std::get_if<Electing>(&role_);
  if (electing == nullptr || !remove(electing->awaited, from)) return;
  if (electing->awaited.empty() || is_hopeless(*electing)) conclude(turn);
}

// Not even with the votes of everybody who may still answer.
bool AdvancedBully::is_hopeless(const Electing& electing) const {
  std::vector<NodeId> all = electing.box.voters_for(self());
  all.insert(all.end(), electing.awaited.begin(), electing.awaited.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return !electing.box.table().reaches(all) || !table(electing.epoch, electing.struck).reaches(all);
}

// By its weights and by the configured table (weighing.hpp).
std::optional<quorum::Certificate> AdvancedBully::certificate(const Electing& electing) const {
  const quorum::Table configured = table(electing.epoch, electing.struck);
  if (!configured.reaches(electing.box.voters_for(self()))) return std::nullopt;
  return electing.box.certificate(self());
}

// A quorum decides once nobody is waited for who might be fitter, and the own vote is down: or a
// node that restarts could lead the same epoch again, with tokens that it has issued before.
void AdvancedBully::conclude(Turn& turn) {
  auto& electing = std::get<Electing>(role_);
  if (const auto won = certificate(electing); won && electing.votes_itself) return lead(turn, *won);
  // More may come. But when too many have voted for somebody else in this very epoch, those that
  // are less fit wait for this node by now: no need to make them wait for its alarm.
  const bool over = electing.awaited.empty() || is_hopeless(electing);
  const bool next = over && electing.votes_itself && electing.contended;
  if (armed_ && (!next || electing.again)) return;
  give_up(turn, armed_);
}

void AdvancedBully::give_up(Turn& turn, bool again) {
  const auto& electing = std::get<Electing>(role_);
  note(turn, audit::QuorumFailed{electing.epoch, self(),
                                 static_cast<std::uint32_t>(electing.box.weight_for(self())),
                                 static_cast<std::uint32_t>(electing.box.table().threshold())});
  voted_ = std::max(voted_, electing.outdone);  // or the next one is split as well
  hold_election(turn, again);
}

}  // namespace lockstep::advanced_bully
