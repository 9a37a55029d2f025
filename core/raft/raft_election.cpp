// Elections: Raft, sections 5.2 and 5.4.1; pre-vote and stickiness: dissertation, sections 9.6 and
// 4.2.3; check-quorum: section 6.2; leadership transfer: section 3.10.
#include <algorithm>

#include "core/base/check.hpp"
#include "core/raft/raft.hpp"

namespace lockstep::raft {
namespace {

// What a correct member asks for: terms start at 1.
bool is_sane(Term term) { return Term{} < term && term <= highest_term; }

}  // namespace

void Raft::reset_election_timer(Turn& turn) {
  const Duration wait =
      random_.between(config_.election_timeout_low, config_.election_timeout_high);
  if (election_.reset(turn.now + wait)) {
    turn.out.emplace_back(SetTimer<Timer>{Timer::election, election_.epoch(), election_.alarm()});
  }
}

// The vote belongs to the term: it is forgotten when the term ends and at no other time.
void Raft::become_follower(Turn& turn, Term term, NodeId leader) {
  check(term >= term_, "the term never goes back");
  if (const auto* leading = std::get_if<Leader>(&role_)) {
    check(term > term_, "a leader of this term steps down by itself");
    lay_down_leadership(turn, leading->transfer ? StepDown::transferred : StepDown::higher_term,
                        leader);
  }
  if (term > term_) {
    term_ = term;
    vote_ = nobody;
    turn.vote_changed = true;
  }
  role_ = Follower{leader, turn.now};
  notify(turn, BecameFollower{term_, leader});
}

void Raft::step_down(Turn& turn, StepDown reason) {
  lay_down_leadership(turn, reason, nobody);
  role_ = Follower{nobody, turn.now};
  notify(turn, BecameFollower{term_, nobody});
}

void Raft::lay_down_leadership(Turn& turn, StepDown reason, NodeId successor) {
  auto& leader = std::get<Leader>(role_);
  notify(turn, SteppedDown{term_, reason});
  for (const RequestId read : leader.reads.give_up()) answer(turn, read, NotLeader{successor});
  turn.out.emplace_back(CancelTimer<Timer>{Timer::heartbeat});
  ++heartbeat_;
  reset_election_timer(turn);
}

// Whether a message of `term` counts here; a higher term ends this server's own.
bool Raft::is_current(Turn& turn, Term term) {
  if (term > highest_term) return false;
  if (term > term_) become_follower(turn, term, nobody);
  return term == term_;
}

void Raft::start_campaign(Turn& turn) {
  check(!std::holds_alternative<Leader>(role_), "a leader does not campaign");
  if (disk_is_stalled(turn.now)) {
    // Its vote for itself would not go down; its higher term would only disturb the others.
    reset_election_timer(turn);
  } else if (config_.pre_vote) {
    become_pre_candidate(turn);
  } else {
    become_candidate(turn, false);
  }
}

void Raft::become_pre_candidate(Turn& turn) {
  auto& votes = role_.emplace<PreCandidate>(PreCandidate{Votes(members_.size())}).votes;
  notify(turn, BecamePreCandidate{term_});
  reset_election_timer(turn);
  votes.grant(own_place_);
  if (votes.won()) return become_candidate(turn, false);
  send_to_others(turn, PreVoteRequest{term_.next(), log_.last_index(), log_.last_term()});
}

// The requests leave when the vote for itself is durable, see count_own_vote().
void Raft::become_candidate(Turn& turn, bool forced) {
  check(!std::holds_alternative<Leader>(role_), "a leader does not campaign");
  term_ = term_.next();
  vote_ = self_;
  turn.vote_changed = true;
  role_ = Candidate{Votes(members_.size()), forced};
  notify(turn, BecameCandidate{term_});
  notify(turn, VoteCast{term_, self_});
  reset_election_timer(turn);
}

void Raft::count_own_vote(Turn& turn) {
  auto& [votes, forced] = std::get<Candidate>(role_);
  check(vote_ == self_, "a candidate votes for itself");
  if (votes.granted_by(own_place_)) return;
  votes.grant(own_place_);
  if (votes.won()) return become_leader(turn);
  send_to_others(turn, VoteRequest{term_, log_.last_index(), log_.last_term(), forced});
}

void Raft::become_leader(Turn& turn) {
  check(std::get<Candidate>(role_).votes.won(), "a leader was elected");
  Leader leader;
  Progress fresh;
  fresh.next = log_.last_index().next();
  fresh.heard = turn.now;
  leader.members.assign(members_.size(), fresh);
  leader.members[own_place_].sending = Sending::replicate;  // to its own disk
  leader.members[own_place_].match = durability_.log();
  leader.term_start = log_.last_index().next();
  role_ = std::move(leader);
  notify(turn, BecameLeader{term_});
  if (election_.cancel()) turn.out.emplace_back(CancelTimer<Timer>{Timer::election});
  append(turn, Entry{term_, EntryKind::noop, {}});
  replicate(turn);
  set_heartbeat_timer(turn);
}

bool Raft::has_live_leader(Instant now) const {
  if (std::holds_alternative<Leader>(role_)) return quorum_is_fresh(now);
  const auto* follower = std::get_if<Follower>(&role_);
  return follower && follower->leader != nobody &&
         now < follower->heard + config_.election_timeout_low;
}

bool Raft::quorum_is_fresh(Instant now) const {
  const auto& members = std::get<Leader>(role_).members;
  const Instant heard = reached_by_majority(
      members.size(), [&](std::size_t i) { return i == own_place_ ? now : members[i].heard; });
  return now < heard + config_.election_timeout_low;
}

bool Raft::disk_is_stalled(Instant now) const {
  if (!config_.check_disk) return false;
  const auto since = durability_.waits_since();
  return since && now >= *since + config_.election_timeout_high;
}

bool Raft::would_vote(NodeId candidate, Term term, LogIndex last, Term last_term) const {
  const bool vote_is_free =
      term > term_ || (term == term_ && (vote_ == nobody || vote_ == candidate));
  return vote_is_free && log_.is_at_most(last, last_term);
}

void Raft::on(Turn& turn, std::size_t from, const PreVoteRequest& message) {
  const NodeId candidate = members_[from];
  if (!is_sane(message.term)) return;
  const bool sticks = config_.sticky && has_live_leader(turn.now);
  if (sticks || !would_vote(candidate, message.term, message.last_index, message.last_term))
    return send(turn, candidate, PreVoteRefused{term_});
  send(turn, candidate, PreVoteGranted{message.term});
}

void Raft::on(Turn& turn, std::size_t from, const PreVoteGranted& message) {
  auto* pre_candidate = std::get_if<PreCandidate>(&role_);
  if (!pre_candidate || message.term != term_.next()) return;
  pre_candidate->votes.grant(from);
  if (pre_candidate->votes.won()) become_candidate(turn, false);
}

void Raft::on(Turn& turn, std::size_t, const PreVoteRefused& message) {
  (void)is_current(turn, message.term);
}

void Raft::on(Turn& turn, std::size_t from, const VoteRequest& message) {
  const NodeId candidate = members_[from];
  if (!is_sane(message.term)) return;
  if (config_.sticky && !message.forced && has_live_leader(turn.now))
    return send(turn, candidate, VoteRefused{term_});
  if (message.term > term_) become_follower(turn, message.term, nobody);
  if (!would_vote(candidate, message.term, message.last_index, message.last_term))
    return send(turn, candidate, VoteRefused{term_});
  if (vote_ != candidate) {
    vote_ = candidate;
    turn.vote_changed = true;
    notify(turn, VoteCast{term_, candidate});
  }
  reset_election_timer(turn);
  owe(turn, candidate, VoteGranted{term_});
}

void Raft::on(Turn& turn, std::size_t from, const VoteGranted& message) {
  if (!is_current(turn, message.term)) return;
  auto* candidate = std::get_if<Candidate>(&role_);
  if (!candidate || !candidate->votes.granted_by(own_place_)) return;
  candidate->votes.grant(from);
  if (candidate->votes.won()) become_leader(turn);
}

void Raft::on(Turn& turn, std::size_t, const VoteRefused& message) {
  (void)is_current(turn, message.term);
}

void Raft::on(Turn& turn, std::size_t from, const TimeoutNow& message) {
  const auto* follower = std::get_if<Follower>(&role_);
  if (message.term != term_ || !follower || follower->leader != members_[from]) return;
  if (!disk_is_stalled(turn.now)) become_candidate(turn, true);
}

}  // namespace lockstep::raft
