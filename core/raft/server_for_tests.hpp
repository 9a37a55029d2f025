// One server, stepped by hand: each call is one event and returns exactly its effects.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/raft/raft.hpp"

namespace lockstep::raft {

inline constexpr NodeId n1{1}, n2{2}, n3{3}, n4{4}, n5{5};

// Election timeouts are all 150 ms, so that every alarm has one possible time; no pre-vote.
inline Config plain() {
  Config config;
  config.election_timeout_high = config.election_timeout_low = milliseconds(150);
  config.pre_vote = false;
  return config;
}
inline Config with_pre_vote() {
  Config config = plain();
  config.pre_vote = true;
  return config;
}

inline Entry command(std::uint64_t term, std::string text = "x") {
  return {Term(term), EntryKind::command, std::move(text)};
}
inline Entry noop(std::uint64_t term) { return {Term(term), EntryKind::noop, {}}; }
// One command per term named, in order.
inline std::vector<Entry> entries_of(const std::vector<std::uint64_t>& terms) {
  std::vector<Entry> entries;
  for (const std::uint64_t term : terms) entries.push_back(command(term));
  return entries;
}
inline std::vector<Record> disk_of(std::uint64_t term, NodeId vote,
                                   const std::vector<std::uint64_t>& terms) {
  return {{Term(term), vote, LogIndex(1), entries_of(terms)}};
}

using Out = Effects<Alphabet>;

inline Effect<Alphabet> send(NodeId to, Message message) {
  return Send<Message>{to, std::move(message)};
}
inline Effect<Alphabet> notice(Notice what) { return Notify<Notice>{what}; }
inline Effect<Alphabet> answer(std::uint64_t id, Reply reply) {
  return Answer<Reply>{RequestId(id), reply};
}
inline Effect<Alphabet> persist(std::uint64_t term, NodeId vote, std::uint64_t first = 0,
                                std::vector<Entry> entries = {}) {
  return Persist<Record>{{{Term(term), vote, LogIndex(first), std::move(entries)}}};
}
inline Effect<Alphabet> set(Timer timer, std::uint64_t epoch, Duration at) {
  return SetTimer<Timer>{timer, TimerEpoch(epoch), Instant{} + at};
}
inline Effect<Alphabet> cancel(Timer timer) { return CancelTimer<Timer>{timer}; }

inline AppendEntries append(std::uint64_t term, std::uint64_t prev, std::uint64_t prev_term,
                            std::vector<Entry> entries = {}, std::uint64_t commit = 0,
                            std::uint64_t round = 0) {
  return {Term(term),       LogIndex(prev),   Term(prev_term),
          LogIndex(commit), ReadRound(round), std::move(entries)};
}
inline AppendAccepted accepted(std::uint64_t term, std::uint64_t match, std::uint64_t round = 0) {
  return {Term(term), LogIndex(match), ReadRound(round)};
}
inline AppendRejected rejected(std::uint64_t term, std::uint64_t prev, std::uint64_t hint,
                               std::uint64_t hint_term, std::uint64_t round = 0) {
  return {Term(term), LogIndex(prev), LogIndex(hint), Term(hint_term), ReadRound(round)};
}

// Texts for a failing comparison.
struct Shown {
  std::string text;
  void operator()(std::string_view name, const auto& value) {
    text += " " + std::string(name) + "=";
    show(value);
  }
  void show(const Described auto& value) {
    text += std::string(value.name) + "{";
    value.fields(value, *this);
    text += " }";
  }
  void show(const Variant auto& value) {
    std::visit([this](const auto& one) { this->show(one); }, value);
  }
  void show(const DescribedEnum auto& value) { text += name_of(value); }
  void show(const std::string& value) { text += '"' + value + '"'; }
  void show(const Bytes& value) { text += '"' + std::string(value.view()) + '"'; }
  void show(Instant value) { text += to_text(value); }
  void show(bool value) { text += value ? "true" : "false"; }
  template <class T>
  void show(const std::vector<T>& values) {
    text += "[";
    for (const T& value : values) show(value), text += ", ";
    text += "]";
  }
  template <class Tag, class Rep>
  void show(Strong<Tag, Rep> value) {
    text += std::to_string(value.value());
  }
};
inline std::string shown(const Out& effects) {
  Shown shown;
  for (const auto& effect : effects) shown.text += "\n  ", shown.show(effect);
  return shown.text;
}
inline void check_effects(const Out& got, const Out& expected) {
  INFO("got: ", shown(got), "\nexpected: ", shown(expected));
  CHECK(got == expected);
}

class Server {
 public:
  explicit Server(Config config = plain(), const std::vector<Record>& records = {},
                  std::vector<NodeId> members = {n1, n2, n3, n4, n5}, NodeId self = n1)
      : raft(self, std::move(members), config, 7) {
    started = step(Started<Record>{records});
  }

  Out step(const Event<Alphabet>& event) {
    Out out;
    raft.step(now, event, out);
    for (const auto& effect : out) {
      if (const auto* timer = std::get_if<SetTimer<Timer>>(&effect))
        (timer->timer == Timer::election ? election : heartbeat) = *timer;
      if (std::holds_alternative<Persist<Record>>(effect)) ++written;
    }
    return out;
  }
  Out receive(NodeId from, Message message) {
    return step(Received<Message>{from, std::move(message)});
  }
  Out request(std::uint64_t id, Request what) {
    return step(Requested<Request>{RequestId(id), std::move(what)});
  }
  Out persisted(std::uint64_t upto) { return step(Persisted{RecordSeq(upto)}); }
  Out all_persisted() { return step(Persisted{written}); }
  Out ring(const SetTimer<Timer>& timer) {
    now = std::max(now, timer.at);
    return step(TimerFired<Timer>{timer.timer, timer.epoch});
  }

  // Stands, is elected by 2 and 3, and has its no-op durable.
  void lead() {
    request(1000, Campaign{});
    all_persisted();
    if (raft.role() == RoleName::leader) return;
    receive(n2, VoteGranted{raft.term()});
    receive(n3, VoteGranted{raft.term()});
    REQUIRE(raft.role() == RoleName::leader);
    all_persisted();
  }
  // The followers `who` have everything, the leader's commit index says so.
  void everything_accepted(const std::vector<NodeId>& who = {n2, n3, n4, n5}) {
    for (const NodeId id : who)
      receive(id, AppendAccepted{raft.term(), raft.log().last_index(), ReadRound{}});
  }

  Raft raft;
  Instant now;
  RecordSeq written;
  SetTimer<Timer> election, heartbeat;
  Out started;
};

}  // namespace lockstep::raft
