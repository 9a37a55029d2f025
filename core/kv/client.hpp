// A client of the replicated store: a session, retries, and the search for the leader, as a
// Machine.
//
// Promises that an operation takes effect at most once, whatever is lost, late or doubled: its
// serial stays the same in every attempt. Its answer is Finished, the result; Failed, it did not
// and will not take effect; or Unknown. A write that was ever sent is never Failed, not even when
// everybody refused it: a copy of the request may still be on its way to the next leader. Only what
// every attempt was rejected for (client_types.hpp) has Failed. A read without an answer is Failed,
// since it changes nothing.
//
// Operations are started in the order they are requested, `pipeline` at a time, and may finish in
// any order. An attempt that hears nothing for attempt_timeout is followed by one at another server
// at once; a refused one follows a fresh leader hint at once and otherwise waits, exponentially
// longer from one refusal to the next, with jitter.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/machine.hpp"
#include "core/base/random.hpp"
#include "core/kv/client_types.hpp"
#include "core/kv/protocol.hpp"

namespace lockstep::kv {

class Client {
 public:
  struct Alphabet {
    using Message =
        std::variant<kv::Request, kv::Reply, Rejected>;  // sends the first, hears the others
    using Request = Operation;
    using Reply = ClientReply;
    using Record = Nothing;
    using Timer = ClientTimer;
    using Notice = Nothing;
  };
  using Out = Effects<Alphabet>;

  // REQUIRES: servers not empty.
  Client(NodeId self, std::vector<NodeId> servers, ClientConfig config, std::uint64_t seed);

  void step(Instant now, const Event<Alphabet>& event, Out& out);

  [[nodiscard]] NodeId self() const { return self_; }
  [[nodiscard]] SessionId session() const { return session_; }
  [[nodiscard]] NodeId target() const { return servers_[target_]; }  // who is asked first next
  [[nodiscard]] std::size_t open() const { return started_ + queue_.size(); }

  friend bool operator==(const Client&, const Client&) = default;

 private:
  struct Attempts {
    NodeId at;    // whose reply is awaited; nobody while waiting to try again
    Instant due;  // when to try (again)
    std::uint32_t refusals = 0;
    bool idle = true;       // nothing is due: not started, or waiting for a session
    bool followed = false;  // the latest refusal's hint was followed
    friend bool operator==(const Attempts&, const Attempts&) = default;
  };
  struct Queued {
    RequestId id;
    Operation operation;
    Instant deadline;
    friend bool operator==(const Queued&, const Queued&) = default;
  };
  struct Slot {
    RequestId id;
    Operation operation;
    Instant deadline;
    Attempts attempts;
    std::uint32_t sent = 0;      // attempts
    std::uint32_t rejected = 0;  // of those; <= sent
    bool closed = false;         // answered; stays until it is the oldest
    friend bool operator==(const Slot&, const Slot&) = default;
  };
  struct Turn {
    Instant now;
    Out& out;
  };

  void hear(Turn turn, NodeId from, const kv::Reply& reply);
  void refused(Turn turn, NodeId from, Serial serial, NodeId hint, bool elsewhere);
  void rejected(Turn turn, NodeId from, const Rejected& word);
  void opened(Turn turn, SessionId session);
  void expired(Turn turn, SessionId session);
  void fire(Turn turn);
  void wake_for_first_due(Turn turn);
  void start_queued(Turn turn);
  void attempt(Turn turn, Serial serial);
  void attempt_after_timeout(Turn turn, Attempts& attempts, Serial serial);
  void give_up(Turn turn, const Attempts& attempts);
  void send(Turn turn, Attempts& attempts, kv::Request request);
  void close(Turn turn, Slot& slot, ClientReply reply);
  void retire();
  void rotate_from(NodeId server);
  void wake_by(Turn turn, Instant at);
  [[nodiscard]] bool waits_for_session() const;
  [[nodiscard]] Duration backoff(std::uint32_t refusals);
  [[nodiscard]] std::optional<std::size_t> place_of(NodeId server) const;
  // Those of an open slot; of the opening for serial 0; none for what nobody waits for.
  [[nodiscard]] Attempts* attempts_of(Serial serial);
  [[nodiscard]] Slot* slot_of(Serial serial);
  [[nodiscard]] Serial serial_at(std::size_t place) const {
    return Serial(oldest_.value() + place);
  }

  NodeId self_;
  std::vector<NodeId> servers_;
  ClientConfig config_;
  Random random_;
  std::size_t target_ = 0;   // place in servers_
  SessionId session_;        // 0: none
  SessionId expired_;        // the newest that is known to be gone
  Attempts opening_;         // idle unless a session is wanted
  Serial oldest_{1};         // of window_.front(), or the next one to be given
  std::deque<Slot> window_;  // serials are consecutive; the front one is not closed
  std::size_t started_ = 0;  // not closed in window_
  std::deque<Queued> queue_;
  TimerEpoch epoch_;
  std::optional<Instant> alarm_;  // never later than what is due first
};

}  // namespace lockstep::kv
