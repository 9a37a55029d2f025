// Raft (Ongaro and Ousterhout, 2014; Ongaro's dissertation, 2014) as a Machine.
//
// Promises figure 3 of the paper as long as what it was told is durable is durable. Nothing that
// promises durability leaves before the record it rests on is down: VoteGranted, AppendAccepted,
// and VoteRequest too, since a candidate that lost its term in a crash could ask again in the same
// term with a shorter log and be believed for its first request. A step persists at most one
// record.
//
// A message from outside the member list, or one that no correct member can send, changes nothing.
// Refuses records in which flaw_in() finds a flaw: ask before Started.
//
// Snapshots and membership change are not part of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/machine.hpp"
#include "core/base/random.hpp"
#include "core/raft/alphabet.hpp"
#include "core/raft/config.hpp"
#include "core/raft/durability.hpp"
#include "core/raft/election_timer.hpp"
#include "core/raft/log.hpp"
#include "core/raft/roles.hpp"

namespace lockstep::raft {

// Why these records cannot be the durable state of a server, or empty when they can.
[[nodiscard]] std::string flaw_in(const std::vector<Record>& records);

// Terms above this are refused: no cluster gets there, and the next one must exist.
inline constexpr Term highest_term{std::uint64_t{1} << 62};

class Raft {
 public:
  using Alphabet = raft::Alphabet;
  using Out = Effects<Alphabet>;

  // REQUIRES: members sorted, without doubles, self among them; no flaw_in(config).
  Raft(NodeId self, std::vector<NodeId> members, Config config, std::uint64_t seed);

  void step(Instant now, const Event<Alphabet>& event, Out& out);

  // The same steps without building an Event.
  void start(Instant now, const std::vector<Record>& records, Out& out);
  void receive(Instant now, NodeId from, const Message& message, Out& out);
  void fire(Instant now, Timer timer, TimerEpoch epoch, Out& out);
  void request(Instant now, RequestId id, const Request& request, Out& out);
  void persisted(Instant now, RecordSeq upto, Out& out);

  [[nodiscard]] NodeId self() const { return self_; }
  [[nodiscard]] const std::vector<NodeId>& members() const { return members_; }
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] Term term() const { return term_; }
  [[nodiscard]] NodeId vote() const { return vote_; }  // in term(); nobody if none
  [[nodiscard]] RoleName role() const { return static_cast<RoleName>(role_.index()); }
  [[nodiscard]] NodeId leader() const;  // of term(), itself included; nobody if unknown
  [[nodiscard]] LogIndex commit() const { return commit_; }
  [[nodiscard]] const Log& log() const { return log_; }
  [[nodiscard]] LogIndex durable_index() const { return durability_.log(); }
  // Whom it hands its leadership to; nobody unless it is about to.
  [[nodiscard]] NodeId successor() const;
  // One per member, in the order of members(); empty unless it leads.
  [[nodiscard]] std::span<const Progress> progress() const;

  friend bool operator==(const Raft&, const Raft&) = default;

 private:
  // One step: what it was given, and what it changed that must become durable.
  struct Turn {
    Instant now;
    Out& out;
    bool vote_changed = false;  // term or vote
    LogIndex log_from{};        // first index that changed; 0: none
    [[nodiscard]] bool changed() const { return vote_changed || log_from != LogIndex{}; }
  };

  // raft.cpp
  void finish(Turn& turn);
  static void changed_from(Turn& turn, LogIndex from);
  [[nodiscard]] std::optional<std::size_t> place_of(NodeId member) const;
  // Built in place: moving a variant with a vector in it is the dearest part of a small message.
  template <class Kind>
  static void send(Turn& turn, NodeId to, Kind message) {
    auto& effect = turn.out.emplace_back(std::in_place_type<Send<Message>>);
    auto& sent = *std::get_if<Send<Message>>(&effect);
    sent.to = to;
    sent.message = std::move(message);
  }
  static void notify(Turn& turn, Notice notice);
  static void answer(Turn& turn, RequestId id, Reply reply);
  void send_to_others(Turn& turn, const Message& message) const;
  void owe(Turn& turn, NodeId to, const std::variant<VoteGranted, AppendAccepted>& promise);
  void settle(Turn& turn);
  void commit_to(Turn& turn, LogIndex index);
  void on(Turn& turn, RequestId id, const Propose& propose);
  void on(Turn& turn, RequestId id, const Read& read);
  void on(Turn& turn, RequestId id, const Campaign& campaign);
  void on(Turn& turn, RequestId id, const TransferLeadership& wish);

  // raft_election.cpp
  void reset_election_timer(Turn& turn);
  void become_follower(Turn& turn, Term term, NodeId leader);
  void step_down(Turn& turn, StepDown reason);
  void lay_down_leadership(Turn& turn, StepDown reason, NodeId successor);
  [[nodiscard]] bool is_current(Turn& turn, Term term);
  void count_own_vote(Turn& turn);
  void start_campaign(Turn& turn);
  void become_pre_candidate(Turn& turn);
  void become_candidate(Turn& turn, bool forced);
  void become_leader(Turn& turn);
  [[nodiscard]] bool has_live_leader(Instant now) const;
  [[nodiscard]] bool quorum_is_fresh(Instant now) const;
  [[nodiscard]] bool disk_is_stalled(Instant now) const;
  [[nodiscard]] bool would_vote(NodeId candidate, Term term, LogIndex last, Term last_term) const;
  void on(Turn& turn, std::size_t from, const PreVoteRequest& message);
  void on(Turn& turn, std::size_t from, const PreVoteGranted& message);
  void on(Turn& turn, std::size_t from, const PreVoteRefused& message);
  void on(Turn& turn, std::size_t from, const VoteRequest& message);
  void on(Turn& turn, std::size_t from, const VoteGranted& message);
  void on(Turn& turn, std::size_t from, const VoteRefused& message);
  void on(Turn& turn, std::size_t from, const TimeoutNow& message);

  // raft_follower.cpp
  [[nodiscard]] bool follow(Turn& turn, NodeId leader, Term term);
  [[nodiscard]] bool take_entries(Turn& turn, const AppendEntries& message);
  void accept(Turn& turn, NodeId leader, const AppendEntries& message, LogIndex verified);
  void reject(Turn& turn, NodeId leader, const AppendEntries& message);
  void on(Turn& turn, std::size_t from, const AppendEntries& message);

  // raft_leader.cpp
  void set_heartbeat_timer(Turn& turn);
  void on_heartbeat(Turn& turn);
  void append(Turn& turn, Entry entry);
  [[nodiscard]] std::size_t batch_for(const Progress& progress) const;
  void send_append(Turn& turn, std::size_t to, std::size_t count);
  void send_heartbeats(Turn& turn);
  void replicate_to(Turn& turn, std::size_t to);
  void replicate(Turn& turn);
  void advance_commit(Turn& turn);
  void begin_read_round(Turn& turn);
  void confirm_reads(Turn& turn);
  [[nodiscard]] std::optional<std::size_t> fittest_member(Instant now) const;
  void continue_transfer(Turn& turn);
  [[nodiscard]] Progress* heard_from(Turn& turn, std::size_t from, Term term, ReadRound round);
  void on(Turn& turn, std::size_t from, const AppendAccepted& message);
  void on(Turn& turn, std::size_t from, const AppendRejected& message);

  NodeId self_;
  std::vector<NodeId> members_;
  std::size_t own_place_;
  Config config_;
  Random random_;

  Term term_;
  NodeId vote_;      // in term_
  LogIndex commit_;  // <= log_.last_index()
  Log log_;
  Role role_;
  ElectionTimer election_;
  TimerEpoch heartbeat_;  // of the latest heartbeat alarm
  Durability durability_;
};

}  // namespace lockstep::raft
