#include "sim/check/raft_rules.hpp"
#include "sim/check/member_name.hpp"

#include <algorithm>

namespace lockstep::sim {

namespace {

using raft::LogIndex;
using raft::RoleName;
using raft::Term;

std::string number(auto strong) { return std::to_string(strong.value()); }

}  // namespace

void RaftRules::started(Instant now, NodeId node, const std::vector<raft::Record>& durable) {
  now_ = now;
  Server& server = at(node);
  server.log.clear();
  server.view = {};
  server.records = {};
  for (const raft::Record& record : durable) {
    follow(node, record);
    server.view.term = record.term;
    server.view.vote = record.vote;
  }
  server.view.last_index = server.log.last_index();
  server.view.last_term = server.log.last_term();
  promises_.started(node, durable, server.log);
}

void RaftRules::changed(Instant now, NodeId node, const RaftView& view,
                        std::span<const raft::Record> persisted) {
  now_ = now;
  Server& server = at(node);
  const RaftView before = server.view;
  for (const raft::Record& record : persisted) {
    ++server.records;
    check_vote(node, record);
    check_append_only(node, view, record);
    follow(node, record);
    promises_.persisted(node, server.records, record, server.log);
  }
  server.view = view;
  check_log(node);
  check_term_and_vote(node, before);
  if (view.role == RoleName::leader && (before.role != view.role || before.term != view.term)) {
    check_votes(node);
    check_new_leader(node);
  }
  if (view.commit != before.commit || view.last_index < view.commit) check_commit(node, before);
}

// Leader append-only: a leader never overwrites or deletes entries in its log; it only appends.
// State machine safety, the half a single server can break: what it has committed stays.
void RaftRules::check_append_only(NodeId node, const RaftView& view, const raft::Record& record) {
  Server& server = at(node);
  if (record.first == LogIndex() || record.first > server.log.last_index()) return;
  if (server.view.role == RoleName::leader && server.view.term == view.term)
    report(node, Rule::leader_append_only,
           member_name(node) + " leads term " + number(view.term) +
               " and replaces its log from index " + number(record.first) + ", where it ended at " +
               number(server.log.last_index()));
  if (record.first <= server.view.commit)
    report(node, Rule::state_machine_safety,
           member_name(node) + " replaces its log from index " + number(record.first) +
               " and had committed up to " + number(server.view.commit));
}

// Log matching: if two logs contain an entry with the same index and term, then the logs are
// identical in all entries up through that index.
void RaftRules::follow(NodeId node, const raft::Record& record) {
  LogPrints& log = at(node).log;
  if (record.first == LogIndex()) return;
  if (record.first > log.last_index().next())
    report(node, Rule::log_matching,
           member_name(node) + " persists entries from index " + number(record.first) +
               " on, but its log ends at " + number(log.last_index()));
  log.truncate_from(record.first);
  for (const raft::Entry& entry : record.entries) {
    log.append(entry);
    const LogIndex index = log.last_index();
    const std::uint64_t print = log.print_at(index);
    if (registry_.record(index, entry.term, print) != print)
      report(node, Rule::log_matching,
             member_name(node) + " holds an entry of term " + number(entry.term) + " at index " +
                 number(index) + ", as another log did, but they differ up to there");
  }
}

// Log matching: a log changes through its records only, or what follows from them is void.
void RaftRules::check_log(NodeId node) {
  const Server& server = at(node);
  if (server.view.last_index != server.log.last_index() ||
      server.view.last_term != server.log.last_term())
    report(node, Rule::log_matching,
           member_name(node) + " says its log ends at index " + number(server.view.last_index) +
               " in term " + number(server.view.last_term) + ", but by its records it ends at " +
               number(server.log.last_index()) + " in term " + number(server.log.last_term()));
}

void RaftRules::log_differs(Instant now, NodeId node, LogIndex index) {
  now_ = now;
  report(node, Rule::log_matching,
         "the log of " + member_name(node) + " differs at index " + number(index) +
             " from what it persisted");
}

// A server's term never goes back. In one term it votes for one server at most, also across
// restarts: a vote it was told is durable binds every later incarnation.
void RaftRules::check_term_and_vote(NodeId node, const RaftView& before) {
  const Server& server = at(node);
  const RaftView& view = server.view;
  if (view.term < before.term)
    report(
        node, Rule::term_goes_back,
        member_name(node) + " goes from term " + number(before.term) + " to " + number(view.term));
  const auto bound_by = [&](Term term, NodeId vote) {
    if (view.term != term || vote == nobody || view.vote == vote) return;
    report(node, Rule::vote_changed,
           member_name(node) + " voted for " + member_name(vote) + " in term " + number(term) +
               ", and its vote is then " + member_name(view.vote));
  };
  bound_by(before.term, before.vote);
  const auto& promised = promises_.last_vote(node);
  if (view.vote != nobody) bound_by(promised.term, promised.vote);
}

// A vote that is granted and entries that are accepted are on stable storage (figure 2).
void RaftRules::sent(Instant now, NodeId node, NodeId to, const raft::Message& message) {
  if (!told_) return;
  now_ = now;
  if (const auto* vote = std::get_if<raft::VoteGranted>(&message);
      vote != nullptr && !promises_.votes_for(node, vote->term, to))
    report(node, Rule::said_before_durable,
           member_name(node) + " grants " + member_name(to) + " its vote of term " +
               number(vote->term) + ", which is not durable");
  const auto* accepted = std::get_if<raft::AppendAccepted>(&message);
  if (accepted == nullptr) return;
  const LogPrints& log = at(node).log;
  const bool there = accepted->match <= log.last_index();
  if (!there || !promises_.holds(node, accepted->match, log.print_at(accepted->match)))
    report(node, Rule::said_before_durable,
           member_name(node) + " accepts entries up to index " + number(accepted->match) +
               ", which are not all durable");
}

// Within an incarnation the commit index never goes back, and it never passes the end of the log.
void RaftRules::check_commit(NodeId node, const RaftView& before) {
  const RaftView& view = at(node).view;
  if (view.commit < before.commit)
    report(node, Rule::commit_goes_back,
           member_name(node) + " goes from commit index " + number(before.commit) + " to " +
               number(view.commit));
  if (view.commit > view.last_index)
    report(node, Rule::commit_beyond_log,
           member_name(node) + " has commit index " + number(view.commit) +
               ", and its log ends at " + number(view.last_index));
  if (view.commit <= before.commit) return;
  check_copies(node);
  check_committed(node);
}

// A leader commits what a majority holds, durably, and of that only what ends with an entry of its
// own term (Raft, section 5.4.2); a follower commits what a leader has committed.
void RaftRules::check_copies(NodeId node) {
  const Server& server = at(node);
  const LogIndex commit = std::min(server.view.commit, server.log.last_index());
  if (!told_ || commit <= led_to_) return;
  if (server.view.role != RoleName::leader)
    return report(node, Rule::commit_without_copies,
                  member_name(node) + " commits up to index " + number(commit) +
                      ", and no leader has gone beyond " + number(led_to_));
  led_to_ = commit;
  const std::size_t copies = promises_.copies(commit, server.log.print_at(commit));
  if (copies < promises_.majority())
    report(node, Rule::commit_without_copies,
           member_name(node) + " commits up to index " + number(commit) + " in term " +
               number(server.view.term) + ", and durable that is on " + std::to_string(copies) +
               " of " + std::to_string(servers_.size()) + " servers");
  if (server.log.term_at(commit) != server.view.term)
    report(node, Rule::commit_of_older_term,
           member_name(node) + " leads term " + number(server.view.term) +
               " and commits up to index " + number(commit) + ", which is of term " +
               number(server.log.term_at(commit)));
}

// State machine safety: if a server has applied an entry at a given index to its state machine, no
// other server will ever apply a different entry for the same index.
void RaftRules::check_committed(NodeId node) {
  const Server& server = at(node);
  const LogIndex upto = std::min(server.view.commit, server.log.last_index());
  const LogIndex known(std::min<std::uint64_t>(upto.value(), committed_.size()));
  if (known != LogIndex() && !server.log.has(known, committed_[known.value() - 1].print)) {
    const auto agrees = [&](const Committed& c) {
      return server.log.has(LogIndex(static_cast<std::uint64_t>(&c - committed_.data()) + 1),
                            c.print);
    };
    const auto other = std::partition_point(committed_.begin(), committed_.end(), agrees);
    const LogIndex first(static_cast<std::uint64_t>(other - committed_.begin()) + 1);
    return report(node, Rule::state_machine_safety,
                  member_name(node) + " commits another entry at index " + number(first) +
                      " than was committed there before, of term " +
                      number(server.log.term_at(first)));
  }
  if (upto == known) return;
  const Term in =
      committed_.empty() ? server.view.term : std::max(committed_.back().in, server.view.term);
  for (LogIndex i = known.next(); i <= upto; ++i)
    committed_.push_back({server.log.print_at(i), in});
  check_other_leaders(node);
}

// Leader completeness, for the leaders of later terms there are when an entry is committed.
void RaftRules::check_other_leaders(NodeId node) {
  const LogIndex last(committed_.size());
  for (std::uint32_t n = 1; n <= servers_.size(); ++n) {
    const Server& leader = at(NodeId(n));
    if (leader.view.role != RoleName::leader || leader.view.term <= at(node).view.term ||
        leader.log.has(last, committed_.back().print))
      continue;
    report(NodeId(n), Rule::leader_completeness,
           member_name(NodeId(n)) + " leads term " + number(leader.view.term) +
               " and lacks entries up to " + number(last) + ", which " + member_name(node) +
               " commits in term " + number(at(node).view.term));
  }
}

// A vote goes to a candidate whose log is at least as up to date as the voter's (section 5.4.1).
// What the candidate has appended since only makes it more so.
void RaftRules::check_vote(NodeId node, const raft::Record& record) {
  if (record.vote == nobody || record.vote == node || record.vote.value() > servers_.size()) return;
  const Server& voter = at(node);
  const Server& candidate = at(record.vote);
  const bool known = voter.view.term == record.term && voter.view.vote == record.vote;
  const bool stands =
      candidate.view.term == record.term &&
      (candidate.view.role == RoleName::candidate || candidate.view.role == RoleName::leader);
  if (known || !stands) return;
  const auto end = [](const Server& server) {
    return std::pair(server.log.last_term(), server.log.last_index());
  };
  if (end(candidate) < end(voter))
    report(node, Rule::vote_for_older_log,
           member_name(node) + ", whose log ends at index " + number(voter.log.last_index()) +
               " in term " + number(voter.log.last_term()) + ", votes in term " +
               number(record.term) + " for " + member_name(record.vote) +
               ", whose log ends at index " + number(candidate.log.last_index()) + " in term " +
               number(candidate.log.last_term()));
}

// A leader has the votes of a majority (section 5.2), each durable before it counts.
void RaftRules::check_votes(NodeId node) {
  const Term term = at(node).view.term;
  const std::size_t votes = promises_.votes(term, node);
  if (told_ && votes < promises_.majority())
    report(node, Rule::leader_without_votes,
           member_name(node) + " leads term " + number(term) + ", and durable votes for it are " +
               std::to_string(votes) + " of " + std::to_string(servers_.size()));
}

// Election safety: at most one leader can be elected in a given term.
// Leader completeness: if an entry is committed in a given term, it is present in the logs of the
// leaders of all later terms.
void RaftRules::check_new_leader(NodeId node) {
  const Server& server = at(node);
  const Term term = server.view.term;
  const auto place = std::lower_bound(leaders_.begin(), leaders_.end(), std::pair(term, nobody));
  if (place == leaders_.end() || place->first != term) {
    leaders_.insert(place, {term, node});
  } else if (place->second != node) {
    report(node, Rule::election_safety,
           member_name(node) + " and " + member_name(place->second) + " both lead term " +
               number(term));
  }
  const auto later = std::partition_point(committed_.begin(), committed_.end(),
                                          [&](const Committed& c) { return c.in < term; });
  if (later == committed_.begin()) return;
  const LogIndex last(static_cast<std::uint64_t>(later - committed_.begin()));
  if (!server.log.has(last, std::prev(later)->print))
    report(node, Rule::leader_completeness,
           member_name(node) + " leads term " + number(term) + " and lacks entries up to " +
               number(last) + ", which were committed in term " + number(std::prev(later)->in) +
               " or before; its log ends at " + number(server.log.last_index()));
}

void RaftRules::report(NodeId node, Rule rule, const std::string& text) {
  static constexpr const char* names[] = {
      "election safety",      "leader append-only", "log matching",         "leader completeness",
      "state machine safety", "term goes back",     "commit goes back",     "vote changed",
      "commit beyond log",    "vote for older log", "leader without votes", "commit without copies",
      "commit of older term", "said before durable"};
  const std::uint32_t bit = std::uint32_t{1} << static_cast<unsigned>(rule);
  if ((at(node).reported & bit) != 0) return;
  at(node).reported |= bit;
  violations_.push_back({names[static_cast<std::size_t>(rule)], text, node, now_});
}

}  // namespace lockstep::sim
