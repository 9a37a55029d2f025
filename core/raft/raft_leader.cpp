// Leading: replication and commitment (Raft, sections 5.3 and 5.4.2), ReadIndex (dissertation,
// section 6.4).
#include <algorithm>
#include <utility>

#include "core/base/check.hpp"
#include "core/raft/raft.hpp"

namespace lockstep::raft {

void Raft::set_heartbeat_timer(Turn& turn) {
  ++heartbeat_;
  turn.out.emplace_back(
      SetTimer<Timer>{Timer::heartbeat, heartbeat_, turn.now + config_.heartbeat});
}

void Raft::on_heartbeat(Turn& turn) {
  if (config_.check_quorum && !quorum_is_fresh(turn.now))
    return step_down(turn, StepDown::lost_quorum);
  if (disk_is_stalled(turn.now)) return step_down(turn, StepDown::stalled_disk);
  send_heartbeats(turn);
  continue_transfer(turn);
  set_heartbeat_timer(turn);
}

void Raft::append(Turn& turn, Entry entry) {
  check(std::holds_alternative<Leader>(role_) && entry.term == term_, "a leader appends its term");
  log_.append(std::move(entry));
  changed_from(turn, log_.last_index());
  std::get<Leader>(role_).members[own_place_].next = log_.last_index().next();
}

// Empty appends after everything that was sent: a member that lost something rejects one.
void Raft::send_heartbeats(Turn& turn) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (i != own_place_) send_append(turn, i, 0);
  }
}

void Raft::send_append(Turn& turn, std::size_t to, std::size_t count) {
  const auto& leader = std::get<Leader>(role_);
  const LogIndex next = leader.members[to].next;
  const auto entries = log_.slice(next, count);
  check(entries.size() == count, "what is sent is in the log");
  send(turn, members_[to],
       AppendEntries{.term = term_,
                     .prev_index = next.previous(),
                     .prev_term = log_.term_at(next.previous()),
                     .commit = commit_,
                     .round = leader.reads.newest(),
                     .entries = {entries.begin(), entries.end()}});
}

// How many entries the next append to this member carries; 0 while its limit in flight is reached.
std::size_t Raft::batch_for(const Progress& progress) const {
  const LogIndex sent = progress.next.previous();
  std::uint64_t count = std::min<std::uint64_t>(log_.last_index().value() - sent.value(),
                                                config_.max_entries_per_message);
  if (progress.sending == Sending::replicate) {
    const std::uint64_t flying = progress.entries_in_flight();
    if (flying >= config_.max_entries_in_flight) return 0;
    if (log_.bytes_between(progress.match, sent) >= config_.max_bytes_in_flight) return 0;
    count = std::min(count, config_.max_entries_in_flight - flying);
    // Under load an append waits until it carries a fair share of what is in flight: messages grow
    // in size, not in number, and an acknowledgement is never more than a round trip away.
    if (count < flying / 8) return 0;
  }
  return count == 0 ? 0 : log_.count_within(sent, count, config_.max_bytes_per_message);
}

void Raft::replicate_to(Turn& turn, std::size_t to) {
  Progress& progress = std::get<Leader>(role_).members[to];
  if (progress.sending == Sending::probe) {
    if (progress.waiting) return;
    progress.waiting = true;
    return send_append(turn, to, batch_for(progress));
  }
  while (const std::size_t count = batch_for(progress)) {
    send_append(turn, to, count);
    progress.next = LogIndex(progress.next.value() + count);
  }
}

void Raft::replicate(Turn& turn) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (i != own_place_) replicate_to(turn, i);
  }
}

// Only an entry of the leader's own term is committed by counting; it takes the older ones with it
// (Raft, figure 8).
void Raft::advance_commit(Turn& turn) {
  auto& leader = std::get<Leader>(role_);
  const LogIndex reached = reached_by_majority(
      leader.members.size(), [&](std::size_t i) { return leader.members[i].match; });
  if (reached <= commit_ || log_.term_at(reached) != term_) return;
  commit_to(turn, reached);
  if (leader.reads.wants_round()) begin_read_round(turn);
}

// Before an entry of its term is committed, a leader's commit index may lag behind its
// predecessor's: reads wait until then.
void Raft::begin_read_round(Turn& turn) {
  auto& leader = std::get<Leader>(role_);
  if (commit_ < leader.term_start) return;
  leader.reads.begin_round(commit_);
  send_heartbeats(turn);
  confirm_reads(turn);
}

void Raft::confirm_reads(Turn& turn) {
  auto& leader = std::get<Leader>(role_);
  if (!leader.reads.outstanding()) return;
  const ReadRound newest = leader.reads.newest();
  const ReadRound reached = reached_by_majority(leader.members.size(), [&](std::size_t i) {
    return i == own_place_ ? newest : leader.members[i].round;
  });
  if (reached < newest) return;
  for (const RequestId read : leader.reads.finish_round()) {
    answer(turn, read, ReadReady{leader.reads.index()});
  }
  if (leader.reads.wants_round()) begin_read_round(turn);
}

// Who needs the fewest entries, among those that were heard within an election timeout.
std::optional<std::size_t> Raft::fittest_member(Instant now) const {
  const auto& members = std::get<Leader>(role_).members;
  std::optional<std::size_t> fittest;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i == own_place_ || now >= members[i].heard + config_.election_timeout_low) continue;
    if (!fittest || members[*fittest].match < members[i].match) fittest = i;
  }
  return fittest;
}

// The successor is told when it holds the whole log, and again with each heartbeat: the message may
// be lost. A successor that does not take over in time is given up.
void Raft::continue_transfer(Turn& turn) {
  auto& leader = std::get<Leader>(role_);
  if (!leader.transfer) return;
  if (turn.now >= leader.transfer->until) {
    leader.transfer.reset();
  } else if (leader.members[leader.transfer->place].match == log_.last_index()) {
    send(turn, members_[leader.transfer->place], TimeoutNow{term_});
  }
}

// The member's progress, when its answer is one to this leader in this term.
Progress* Raft::heard_from(Turn& turn, std::size_t from, Term term, ReadRound round) {
  if (!is_current(turn, term)) return nullptr;
  auto* leader = std::get_if<Leader>(&role_);
  if (!leader) return nullptr;
  Progress& progress = leader->members[from];
  progress.heard = turn.now;
  if (round > progress.round && round <= leader->reads.newest()) {
    progress.round = round;
    confirm_reads(turn);
  }
  return &progress;
}

void Raft::on(Turn& turn, std::size_t from, const AppendAccepted& message) {
  Progress* progress = heard_from(turn, from, message.term, message.round);
  if (!progress || !log_.holds(message.match)) return;
  const bool grew = message.match > progress->match;
  progress->accepted(message.match);
  if (grew) advance_commit(turn);
  replicate_to(turn, from);
  if (grew) continue_transfer(turn);
}

// Skips back over every term the follower cannot have: the logs agree at most where this log's
// term is not above the hint's.
void Raft::on(Turn& turn, std::size_t from, const AppendRejected& message) {
  Progress* progress = heard_from(turn, from, message.term, message.round);
  if (!progress || !progress->is_news(message.prev_index)) return;
  const LogIndex agree = log_.newest_not_above(message.hint_index, message.hint_term);
  progress->rejected(std::min(agree, message.prev_index.previous()));
  replicate_to(turn, from);
}

}  // namespace lockstep::raft
