// Following a leader: Raft, section 5.3, the receiver's half of figure 2's AppendEntries.
#include <algorithm>

#include "core/base/check.hpp"
#include "core/raft/raft.hpp"

namespace lockstep::raft {
namespace {

// What a correct leader sends: terms rise along its log up to its own.
bool is_well_formed(const AppendEntries& message) {
  if (message.term == Term{} || message.term > highest_term) return false;
  if ((message.prev_index == LogIndex{}) != (message.prev_term == Term{})) return false;
  Term highest = message.prev_term;
  for (const Entry& entry : message.entries) {
    if (entry.term < highest || entry.term == Term{}) return false;
    highest = entry.term;
  }
  return highest <= message.term;
}

}  // namespace

void Raft::on(Turn& turn, std::size_t from, const AppendEntries& message) {
  const NodeId leader = members_[from];
  if (!is_well_formed(message)) return;
  if (message.term < term_) return reject(turn, leader, message);
  if (!follow(turn, leader, message.term)) return;
  if (!log_.matches(message.prev_index, message.prev_term)) return reject(turn, leader, message);
  if (!take_entries(turn, message)) return;
  const LogIndex verified(message.prev_index.value() + message.entries.size());
  const LogIndex committed = std::min(message.commit, verified);
  if (committed > commit_) commit_to(turn, committed);
  accept(turn, leader, message, verified);
}

// False when the term has another leader already: one of the two lies.
bool Raft::follow(Turn& turn, NodeId leader, Term term) {
  if (term == term_ && std::holds_alternative<Leader>(role_)) return false;
  auto* follower = std::get_if<Follower>(&role_);
  if (term > term_ || !follower || follower->leader == nobody) {
    become_follower(turn, term, leader);
  } else if (follower->leader != leader) {
    return false;
  } else {
    follower->heard = turn.now;
  }
  reset_election_timer(turn);
  return true;
}

// Entries that are here already stay as they are: the message may be older than what followed it.
// False when an entry contradicts a committed one, which no leader has.
bool Raft::take_entries(Turn& turn, const AppendEntries& message) {
  const std::size_t known = log_.count_agreeing(message.prev_index, message.entries);
  if (known == message.entries.size()) return true;
  const LogIndex first(message.prev_index.value() + known + 1);
  if (first <= commit_) return false;
  if (log_.holds(first)) {
    log_.truncate_from(first);
    durability_.truncated(first);
    notify(turn, LogTruncated{first});
  }
  for (std::size_t i = known; i < message.entries.size(); ++i) log_.append(message.entries[i]);
  changed_from(turn, first);
  return true;
}

// Entries are acknowledged when they are durable. A heartbeat's answer does not wait for the disk:
// it acknowledges what is down, or a slow disk would look like a dead server. The term is durable
// before either: a server that forgot it could let an older leader overwrite what it acknowledged.
void Raft::accept(Turn& turn, NodeId leader, const AppendEntries& message, LogIndex verified) {
  check(log_.holds(verified), "what was verified is in the log");
  const bool term_is_down = !turn.vote_changed && durability_.holds_vote();
  const LogIndex down = std::min(verified, durability_.log());
  if (term_is_down && (down == verified || message.entries.empty())) {
    send(turn, leader, AppendAccepted{term_, down, message.round});
  } else {
    owe(turn, leader, AppendAccepted{term_, verified, message.round});
  }
}

void Raft::reject(Turn& turn, NodeId leader, const AppendEntries& message) {
  const LogIndex hint = log_.newest_not_above(message.prev_index, message.prev_term);
  send(turn, leader,
       AppendRejected{term_, message.prev_index, hint, log_.term_at(hint), message.round});
}

}  // namespace lockstep::raft
