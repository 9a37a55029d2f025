// A log of messages in the order of Lamport's clocks (Lamport, "Time, Clocks, and the Ordering of
// Events in a Distributed System", 1978), on each of the nodes 1..count.
//
// Both modes: what a node stamps leaves it once it is durable there, numbered without a gap, so
// that the others know what they miss and ask for it. A log is a set that only grows, sorted by
// (time, node); logs that were apart are merged by union, in one order. A post is in the log once,
// however often it is tried, by whatever node.
//
// Replicated: any node takes a post and passes it to the leader, whom the plain Bully elects; the
// leader stamps it and sends it to all. Acknowledged means that a majority holds it durably: as
// long as disks keep what is synced it is not lost. Without a majority posts wait. Several leaders
// at a time do no harm but that a message may be stamped twice; the smaller stamp stays.
//
// Multicast: the node that takes a post stamps it, and everybody shows it once every member holds
// it and every clock has passed its stamp. What is shown is final, and nothing is shown while a
// member is away. A node that restarts shows nothing until it has heard from everybody again.
//
// Refuses: liars, disks that forget, members that come and go. The log is not cut: it is memory.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/machine.hpp"
#include "core/bully/bully.hpp"
#include "core/lamport/alphabet.hpp"
#include "core/lamport/clock.hpp"
#include "core/lamport/config.hpp"
#include "core/lamport/log.hpp"
#include "core/lamport/peers.hpp"

namespace lockstep::lamport {

class Lamport {
 public:
  using Alphabet = lamport::Alphabet;
  using Out = Effects<Alphabet>;

  // REQUIRES: 1 <= self <= count <= most_members, refusal(config) is empty.
  Lamport(NodeId self, std::uint32_t count, Config config, std::uint64_t seed);

  void step(Instant now, const Event<Alphabet>& event, Out& out);

  [[nodiscard]] NodeId self() const { return self_; }
  [[nodiscard]] LamportTime time() const { return clock_.time(); }
  [[nodiscard]] const Log& log() const { return log_; }
  [[nodiscard]] std::string_view role() const;  // Bully's, or "member" in multicast
  [[nodiscard]] NodeId leader() const;          // nobody: not known, or multicast
  [[nodiscard]] bool leads() const { return leader() == self_; }
  [[nodiscard]] std::size_t waiting() const;  // posts without an answer
  // Entries that arrived before what stands before them.
  [[nodiscard]] std::size_t parked() const { return parked_.size(); }
  [[nodiscard]] std::uint64_t violations() const { return violations_; }

  friend bool operator==(const Lamport&, const Lamport&) = default;

 private:
  using Place = std::pair<NodeId, Number>;
  struct Turn {
    Instant now;
    Out& out;
  };
  // Who waits for a message to be safe: a client of this node, or another node.
  struct Asker {
    NodeId node;   // nobody: a client
    RequestId id;  // of the client
    Origin origin;
    friend bool operator==(const Asker&, const Asker&) = default;
  };
  // A post on its way to a leader.
  struct Waiting {
    RequestId id;
    std::string text;
    Instant since;
    Instant forwarded;
    friend bool operator==(const Waiting&, const Waiting&) = default;
  };
  struct Replicated {
    bully::Bully bully;
    std::map<Origin, Waiting> waiting;  // empty while leading
    std::vector<Number> committed;      // [node - 1]: of its stream, held by a majority
    friend bool operator==(const Replicated&, const Replicated&) = default;
  };
  // At `time` a node had stamped `count` messages.
  struct Promise {
    LamportTime time;
    Number count;
    friend bool operator==(const Promise&, const Promise&) = default;
  };
  struct Multicast {
    std::vector<LamportTime> passed;  // [node - 1]: all it stamped up to here is durable here
    std::vector<Promise> promised;    // [node - 1]: what will be passed once the count is here
    std::map<Stamp, Number> unshown;  // durable
    friend bool operator==(const Multicast&, const Multicast&) = default;
  };
  struct Written {
    RecordSeq record;
    LamportTime bound;  // 0: an entry
    Place place;
    friend bool operator==(const Written&, const Written&) = default;
  };

  // lamport.cpp
  void start(Turn turn, const std::vector<Record>& records);
  void receive(Turn turn, NodeId from, const Message& message);
  void request(Turn turn, RequestId id, const Request& request);
  void persisted(Turn turn, RecordSeq upto);
  void settle(Place place, Out& out);
  void finish(Turn turn);
  void write(Out& out);
  void tell(Out& out);

  // electing.cpp
  void elect(Turn turn, const Event<bully::Alphabet>& event);
  void took_office(Turn turn);
  void follow(Turn turn);

  // posting.cpp
  void post(Turn turn, RequestId id, const Post& post);
  void wait(Turn turn, RequestId id, const Post& post);
  void forward(const Origin& origin, Waiting& waiting, Instant now);
  void stamp(const Asker& asker, const std::string& text, Out& out);
  void acknowledge(const Asker& asker, Stamp stamp);
  void acknowledged(const Acknowledged& message);
  void commit();
  void answer_upto(NodeId stream, Number number);
  void retry_waiting(Turn turn);
  void read(RequestId id, const Read& read);

  // copying.cpp
  void hear(NodeId from, const Holding& holding);
  void take(NodeId from, const Copies& copies, Out& out);
  [[nodiscard]] bool fits(NodeId from, LamportTime told, const Entry& entry) const;
  void accept(Entry entry);
  void unpark(NodeId stream);
  [[nodiscard]] Stamp last_stamp(NodeId stream) const;
  void tick(Turn turn);
  [[nodiscard]] NodeId whom_to_ask();
  void say_holding(NodeId to, bool asks);
  void pump();
  void copy_to(NodeId peer, NodeId only);

  // delivering.cpp
  void pass(NodeId node, LamportTime time, Number count);
  void deliver(Out& out);
  void show(Place place, Out& out);

  [[nodiscard]] bool is_peer(NodeId node) const {
    return nobody < node && node <= NodeId(count_) && node != self_;
  }
  [[nodiscard]] Limits limits() const {
    return {config_.max_entries, config_.max_bytes, config_.max_in_flight};
  }
  void send(NodeId to, Message message) {
    said_.emplace_back(Send<Message>{to, std::move(message)});
  }
  void answer(RequestId id, Reply reply) {
    said_.emplace_back(Answer<Reply>{id, std::move(reply)});
  }

  NodeId self_;
  std::uint32_t count_;
  Config config_;
  LamportClock clock_;
  Log log_;
  Peers peers_;
  std::variant<Replicated, Multicast> mode_;
  std::map<Place, std::vector<Asker>> pending_;  // who waits for an entry to be safe
  std::size_t askers_ = 0;                       // in pending_
  std::map<Place, Entry> parked_;                // arrived before what stands before them
  Stamp seen_;                                   // the highest that arrived or was made
  std::uint64_t violations_ = 0;
  std::vector<bool> owed_;  // [node - 1]: it sent copies, and is told when they are durable
  NodeId asked_last_;       // for a gap
  bool asked_ = false;      // since the last tick
  std::vector<Number> last_at_tick_;  // [node - 1]
  TimerEpoch epoch_;                  // of the latest sync timer
  RecordSeq last_record_;             // asked to be persisted
  std::deque<Written> written_;       // of these, what is not durable
  std::vector<Record> records_;       // of this step
  Out said_;                          // messages and answers of this step
  Out held_;                          // those that wait until the clock may tell its time
};

}  // namespace lockstep::lamport
