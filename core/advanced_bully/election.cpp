// Standing and voting: who is fitter bullies, who is less fit votes, and a quorum decides.
#include <algorithm>

#include "core/advanced_bully/advanced_bully.hpp"
#include "core/base/check.hpp"
#include "core/base/random.hpp"

namespace lockstep::advanced_bully {
namespace {

// A peer may name any epoch. One that is ahead by more than a stride takes this node along once a
// coordinator_timeout, and for each that it let pass no farther than this: so epochs do not run
// out, and an honest node that a liar took far ahead is caught up with in one step.
constexpr std::uint64_t stride = 64;
constexpr std::uint64_t farthest = std::uint64_t{1} << 20;
constexpr std::uint64_t last_epoch = std::uint64_t{1} << 62;

bool remove(std::vector<NodeId>& nodes, NodeId node) { return std::erase(nodes, node) > 0; }

}  // namespace

bool AdvancedBully::reaches(Instant now, NodeId from, Epoch epoch) {
  if (epoch.value() >= last_epoch) return false;
  if (epoch.value() <= newest().value() + stride) return true;
  const Instant* latest = jumped_.find(from);
  const Duration since = now - (latest != nullptr ? *latest : started_);
  const auto times = static_cast<std::uint64_t>(since.ns() / config_.coordinator_timeout.ns());
  if (latest != nullptr && times == 0) return false;
  jumped_[from] = now;
  const std::uint64_t allowed = farthest * (1 + std::min<std::uint64_t>(times, farthest));
  const bool reached = epoch.value() <= newest().value() + allowed;
  voted_ = reached ? epoch.previous() : Epoch(newest().value() + allowed);
  return reached;
}

bool AdvancedBully::stands_aside(Instant now, NodeId node) const {
  const Instant* until = aside_.find(node);
  return until != nullptr && now < *until;
}

bool AdvancedBully::is_passed_over(Instant now, NodeId node) const {
  const Instant* until = passed_over_.find(node);
  return stands_aside(now, node) || (until != nullptr && now < *until);
}

// Two thirds of the time-out (config.hpp): who suspects a leader finds others that will soon.
// As long a leader is sure of itself before its first lease: a heartbeat that overtakes COORDINATOR
// is not answered, and the next one takes its time.
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

void AdvancedBully::hold_election(Turn& turn, bool again) {
  const Epoch epoch = newest().next();
  // Who is struck can win nothing, and who resigned stands aside.
  if (table(epoch, struck_).find(self()) == nullptr || stands_aside(turn.now, self()))
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
    if (node != self() && !is_passed_over(turn.now, node) && !is_silent(turn.now, node))
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
    patience_.insert(whom, until);
    until = std::max(turn.now, *patience_.find(whom));
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
  if (is_passed_over(turn.now, from)) return indulge(turn, message);
  const bool stands = !stands_aside(turn.now, self());
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
  const Instant* latest = indulged_.find(candidate);
  const bool again = latest != nullptr && turn.now < *latest + config_.coordinator_timeout;
  if (stands_aside(turn.now, candidate) || again || election.epoch <= newest())
    return send(turn, candidate, VoteRefused{election.epoch, newest()});
  if (role() == RoleName::coordinator) step_down(turn);
  indulged_[candidate] = turn.now;
  vote_for(turn, election);
}

// A leader that lies may be heard by too few to be voted out, and by too many to be believed: where
// there may be liars, more than can lie stand on although they were told who leads.
bool AdvancedBully::insists(Instant now, NodeId from) {
  const quorum::Table table = this->table(newest(), struck_);
  if (role() != RoleName::follower || table.faulty() == 0) return false;
  const Standing* before = standing_.find(from);
  const bool again = before != nullptr && now < before->latest + config_.election_timeout;
  standing_[from] = {again ? before->first : now, now};
  std::vector<NodeId> deaf;
  for (const auto& [node, stood] : standing_) {
    const bool recent = now < stood.latest + config_.election_timeout;
    if (recent && stood.first + config_.answer_timeout <= stood.latest) deaf.push_back(node);
  }
  return table.weight_of(deaf) > table.faulty();
}

void AdvancedBully::on(Turn& turn, NodeId from, const Answer& message) {
  const auto* electing = std::get_if<Electing>(&role_);
  if (electing == nullptr || electing->epoch != message.epoch) return;
  if (is_passed_over(turn.now, from)) return;
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
  if (electing == nullptr || electing->epoch != epoch) return;
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
  hold_election(turn, again);
}

}  // namespace lockstep::advanced_bully
