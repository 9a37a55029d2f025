// The server as a whole: its events, its durable record, its clients.
#include "core/raft/raft.hpp"

#include <algorithm>
#include <utility>

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"

namespace lockstep::raft {

std::string flaw_in(const std::vector<Record>& records) {
  Log log;
  Term term;
  NodeId vote;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    const auto flaw = [i](const char* what) {
      return "record " + std::to_string(i + 1) + " of the log: " + what +
             "; this server must not start before its storage is restored";
    };
    if (record.term < term) return flaw("its term is below the one before");
    if (record.term == term && vote != nobody && record.vote != vote)
      return flaw("it changes the vote within a term");
    if (record.first == LogIndex{} && !record.entries.empty()) return flaw("entries without index");
    if (record.first > log.last_index().next()) return flaw("entries before it are missing");
    term = record.term;
    vote = record.vote;
    if (record.first != LogIndex{}) log.truncate_from(record.first);
    for (const Entry& entry : record.entries) {
      if (entry.term == Term{} || entry.term < log.last_term() || term < entry.term)
        return flaw("an entry's term does not fit its neighbours");
      log.append(entry);
    }
  }
  return {};
}

Raft::Raft(NodeId self, std::vector<NodeId> members, Config config, std::uint64_t seed)
    : self_(self), members_(std::move(members)), own_place_(0), config_(config), random_(seed) {
  check(std::is_sorted(members_.begin(), members_.end()), "members are sorted");
  check(std::adjacent_find(members_.begin(), members_.end()) == members_.end(),
        "a member is listed once");
  check(flaw_in(config_).empty(), "the configuration has no flaw");
  const auto place = place_of(self_);
  check(place.has_value(), "a server is one of the members");
  own_place_ = *place;
}

NodeId Raft::leader() const {
  if (std::holds_alternative<Leader>(role_)) return self_;
  const auto* follower = std::get_if<Follower>(&role_);
  return follower ? follower->leader : nobody;
}

NodeId Raft::successor() const {
  const auto* leader = std::get_if<Leader>(&role_);
  return leader && leader->transfer ? members_[leader->transfer->place] : nobody;
}

std::span<const Progress> Raft::progress() const {
  const auto* leader = std::get_if<Leader>(&role_);
  return leader ? std::span<const Progress>(leader->members) : std::span<const Progress>{};
}

void Raft::step(Instant now, const Event<Alphabet>& event, Out& out) {
  std::visit(Overloaded{
                 [&](const Started<Record>& e) { start(now, e.records, out); },
                 [&](const Received<Message>& e) { receive(now, e.from, e.message, out); },
                 [&](const TimerFired<Timer>& e) { fire(now, e.timer, e.epoch, out); },
                 [&](const Requested<Request>& e) { request(now, e.id, e.request, out); },
                 [&](const Persisted& e) { persisted(now, e.upto, out); },
                 [](const Sampled&) {},
             },
             event);
}

void Raft::start(Instant now, const std::vector<Record>& records, Out& out) {
  check(term_ == Term{} && log_.last_index() == LogIndex{}, "a server starts once");
  check(flaw_in(records).empty(), "what a server starts from has no flaw");
  for (const Record& record : records) {
    term_ = record.term;
    vote_ = record.vote;
    if (record.first != LogIndex{}) log_.truncate_from(record.first);
    for (const Entry& entry : record.entries) log_.append(entry);
  }
  durability_.started(log_.last_index());
  Turn turn{now, out};
  become_follower(turn, term_, nobody);
  reset_election_timer(turn);
  finish(turn);
}

void Raft::receive(Instant now, NodeId from, const Message& message, Out& out) {
  const auto place = place_of(from);
  if (!place || *place == own_place_) return;
  Turn turn{now, out};
  std::visit([&](const auto& m) { on(turn, *place, m); }, message);
  finish(turn);
}

void Raft::fire(Instant now, Timer timer, TimerEpoch epoch, Out& out) {
  Turn turn{now, out};
  switch (timer) {
    case Timer::election:
      switch (election_.ring(now, epoch)) {
        case ElectionTimer::Ring::stale: break;
        case ElectionTimer::Ring::early:
          out.emplace_back(SetTimer<Timer>{timer, election_.epoch(), election_.alarm()});
          break;
        case ElectionTimer::Ring::due: start_campaign(turn); break;
      }
      break;
    case Timer::heartbeat:
      if (std::holds_alternative<Leader>(role_) && epoch == heartbeat_) on_heartbeat(turn);
      break;
  }
  finish(turn);
}

void Raft::request(Instant now, RequestId id, const Request& request, Out& out) {
  Turn turn{now, out};
  std::visit([&](const auto& r) { on(turn, id, r); }, request);
  finish(turn);
}

void Raft::persisted(Instant now, RecordSeq upto, Out& out) {
  if (!durability_.persisted(upto)) return;
  Turn turn{now, out};
  settle(turn);
  if (std::holds_alternative<Candidate>(role_) && durability_.holds_vote()) count_own_vote(turn);
  if (auto* leader = std::get_if<Leader>(&role_)) {
    leader->members[own_place_].match = durability_.log();
    advance_commit(turn);
  }
  finish(turn);
}

// A promise made in a term that is over is broken by nobody who stays silent.
void Raft::settle(Turn& turn) {
  durability_.settle([&](const Owed& owed) {
    std::visit(
        [&](const auto& answer) {
          if (answer.term == term_) send(turn, owed.to, answer);
        },
        owed.answer);
  });
}

// Term, vote and entries that changed in a step go into one record.
void Raft::finish(Turn& turn) {
  if (!turn.changed()) return;
  Persist<Record> persist;
  Record& record = persist.records.emplace_back();
  record.term = term_;
  record.vote = vote_;
  record.first = turn.log_from;
  if (turn.log_from != LogIndex{}) {
    const auto entries = log_.slice(turn.log_from, log_.last_index().value());
    record.entries.assign(entries.begin(), entries.end());
  }
  durability_.wrote(turn.now, log_.last_index(), turn.vote_changed);
  turn.out.emplace_back(std::move(persist));
}

void Raft::changed_from(Turn& turn, LogIndex from) {
  check(LogIndex{} < from, "the log starts at 1");
  if (turn.log_from == LogIndex{} || from < turn.log_from) turn.log_from = from;
}

std::optional<std::size_t> Raft::place_of(NodeId member) const {
  const std::size_t guess = std::size_t{member.value()} - 1;  // members are mostly 1, 2, 3, …
  if (guess < members_.size() && members_[guess] == member) return guess;
  const auto it = std::lower_bound(members_.begin(), members_.end(), member);
  if (it == members_.end() || *it != member) return std::nullopt;
  return static_cast<std::size_t>(it - members_.begin());
}

void Raft::send_to_others(Turn& turn, const Message& message) const {
  for (const NodeId member : members_) {
    if (member != self_) send(turn, member, message);
  }
}

void Raft::notify(Turn& turn, Notice notice) { turn.out.emplace_back(Notify<Notice>{notice}); }

void Raft::answer(Turn& turn, RequestId id, Reply reply) {
  turn.out.emplace_back(Answer<Reply>{id, reply});
}

// Sends the promise as soon as everything this server has decided so far is durable.
void Raft::owe(Turn& turn, NodeId to, const std::variant<VoteGranted, AppendAccepted>& promise) {
  const RecordSeq latest = turn.changed() ? durability_.written().next() : durability_.written();
  if (durability_.holds(latest)) {
    std::visit([&](const auto& message) { send(turn, to, message); }, promise);
  } else {
    durability_.owe({latest, to, promise});
  }
}

void Raft::commit_to(Turn& turn, LogIndex index) {
  check(commit_ < index, "the commit index only grows");
  check(log_.holds(index), "a server commits what it holds");
  commit_ = index;
  notify(turn, Committed{index, log_.term_at(index)});
}

void Raft::on(Turn& turn, RequestId id, const Propose& propose) {
  const auto* leading = std::get_if<Leader>(&role_);
  if (!leading) return answer(turn, id, NotLeader{leader()});
  if (leading->transfer) return answer(turn, id, Busy{});
  const std::uint64_t uncommitted = log_.bytes_between(commit_, log_.last_index());
  Entry entry{term_, EntryKind::command, propose.command};
  if (uncommitted + size_in_bytes(entry) > config_.max_uncommitted_bytes)
    return answer(turn, id, Busy{});
  append(turn, std::move(entry));
  answer(turn, id, Proposed{log_.last_index(), term_});
  replicate(turn);
}

void Raft::on(Turn& turn, RequestId id, const Read&) {
  auto* leader = std::get_if<Leader>(&role_);
  if (!leader) return answer(turn, id, NotLeader{this->leader()});
  leader->reads.add(id);
  if (leader->reads.wants_round()) begin_read_round(turn);
}

void Raft::on(Turn& turn, RequestId id, const Campaign&) {
  answer(turn, id, CampaignStarted{});
  if (!std::holds_alternative<Leader>(role_)) become_candidate(turn, true);
}

void Raft::on(Turn& turn, RequestId id, const TransferLeadership& wish) {
  auto* leading = std::get_if<Leader>(&role_);
  if (!leading) return answer(turn, id, NotLeader{leader()});
  const auto to = wish.to == nobody ? fittest_member(turn.now) : place_of(wish.to);
  if (!to || *to == own_place_) return answer(turn, id, NobodyToLead{});
  leading->transfer = Transfer{*to, turn.now + config_.election_timeout_low};
  notify(turn, TransferBegan{term_, members_[*to]});
  answer(turn, id, TransferStarted{members_[*to]});
  continue_transfer(turn);
}

}  // namespace lockstep::raft
