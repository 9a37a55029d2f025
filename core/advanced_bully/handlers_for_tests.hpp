// One machine by itself, put into a role by the events that lead there; used by the tests of
// handlers. Nodes 1..4, equal but for their ids: 4 is the fittest.
#pragma once

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "core/advanced_bully/advanced_bully.hpp"
#include "core/quorum/ideal_scheme.hpp"

namespace lockstep::advanced_bully {

using Out = Effects<Alphabet>;
inline constexpr std::uint32_t rooms = 4;
inline constexpr Instant t0{};

inline Config room_config() {
  Config config;
  config.score = bully::fittest();
  config.score.weights.uptime = 0;  // so that scores do not change while a test runs
  config.predicts = false;
  return config;
}

inline quorum::Keyring key_of(std::uint32_t node) {
  return quorum::ideal_keyring(5, NodeId(node), rooms);
}
inline bully::Breakdown plain_breakdown(std::uint32_t node, std::uint32_t cpu_permille = 0) {
  return bully::score(room_config().score, NodeId(node),
                      {.cpu_permille = cpu_permille,
                       .memory_permille = 0,
                       .uptime = {},
                       .latency = {},
                       .history = {},
                       .hospital = {}});
}
inline Election election_of(std::uint32_t node, std::uint64_t epoch,
                            std::uint32_t cpu_permille = 0) {
  const bully::Breakdown breakdown = plain_breakdown(node, cpu_permille);
  return {Epoch(epoch), bully::claim(Epoch(epoch), NodeId(node), breakdown), breakdown, {}};
}
inline quorum::Vote vote_of(std::uint32_t voter, std::uint32_t candidate, std::uint64_t epoch,
                            Instant at = t0) {
  const quorum::Table table = base_table(room_config(), rooms).in(Epoch(epoch));
  return quorum::cast({.cluster = room_config().cluster,
                       .epoch = Epoch(epoch),
                       .table = table.digest(),
                       .claim = election_of(candidate, epoch).claim,
                       .cast_at = at,
                       .voter = NodeId(voter)},
                      key_of(voter));
}
// What makes that node the leader, by the votes of these, ascending.
inline Coordinator ruling_of(std::uint32_t leader, std::uint64_t epoch,
                             const std::vector<std::uint32_t>& voters = {1, 3, 4}) {
  const quorum::Table table = base_table(room_config(), rooms).in(Epoch(epoch));
  Coordinator ruling{{Epoch(epoch), NodeId(leader), table.digest(), {}}, {}};
  for (const std::uint32_t voter : voters)
    ruling.certificate.votes.push_back(vote_of(voter, leader, epoch));
  return ruling;
}

inline Event<Alphabet> from(std::uint32_t id, Message message) {
  return Received<Message>{NodeId(id), std::move(message)};
}
inline Event<Alphabet> asked(std::uint64_t id, Request request) {
  return Requested<Request>{RequestId(id), std::move(request)};
}

// A machine with its disk and its clock; alarms are fired by name.
struct Room {
  AdvancedBully machine;
  Instant now;
  std::vector<Record> written;
  RecordSeq last;    // of them
  TimerEpoch alarm;  // of the latest SetTimer
  Timer timer{};
  Instant due;

  explicit Room(std::uint32_t node, Config config = room_config(), std::vector<Record> disk = {})
      : machine(key_of(node), rooms, std::move(config), 7) {
    (void)take(Started<Record>{std::move(disk)});
  }
  Out take(const Event<Alphabet>& event) {
    Out out;
    machine.step(now, event, out);
    for (const auto& effect : out) {
      if (const auto* persist = std::get_if<Persist<Record>>(&effect)) {
        written.insert(written.end(), persist->records.begin(), persist->records.end());
        last = RecordSeq(last.value() + persist->records.size());
      } else if (const auto* set = std::get_if<SetTimer<Timer>>(&effect)) {
        alarm = set->epoch;
        timer = set->timer;
        due = set->at;
      }
    }
    return out;
  }
  Out sync() { return take(Persisted{last}); }
  // Lets time pass until the pending alarm.
  Out wake() {
    now = std::max(now, due);
    return take(TimerFired<Timer>{timer, alarm});
  }
};

// The messages to that node, in order; nobody: to anybody.
inline std::vector<Message> sent(const Out& out, std::uint32_t to = 0) {
  std::vector<Message> messages;
  for (const auto& effect : out)
    if (const auto* send = std::get_if<Send<Message>>(&effect))
      if (to == 0 || send->to == NodeId(to)) messages.push_back(send->message);
  return messages;
}
inline std::vector<Reply> replies(const Out& out) {
  std::vector<Reply> found;
  for (const auto& effect : out)
    if (const auto* answer = std::get_if<lockstep::Answer<Reply>>(&effect))
      found.push_back(answer->reply);
  return found;
}
template <class What>
std::vector<What> noted(const Out& out) {
  std::vector<What> found;
  for (const auto& effect : out)
    if (const auto* notify = std::get_if<Notify<audit::What>>(&effect))
      if (const auto* what = std::get_if<What>(&notify->notice)) found.push_back(*what);
  return found;
}

using Names = std::vector<std::string>;
inline Names offences(const Out& out) {
  Names names;
  for (const auto& event : noted<audit::ByzantineDetected>(out)) names.push_back(event.offence);
  return names;
}

}  // namespace lockstep::advanced_bully
