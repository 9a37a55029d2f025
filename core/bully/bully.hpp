// The Bully election (Garcia-Molina, 1982): among the processes 1..count the highest live id is
// coordinator.
//
// Promises: once messages between live processes arrive in less than half an answer_timeout and
// nobody crashes, exactly one process is coordinator, it is the highest live id, and everybody
// alive follows it. When process k of n alone notices that n died, (n-k)^2 + n - 2 messages settle
// it, heartbeats not counted.
// Refuses: more than that. While the network is cut every part has a coordinator of its own, and a
// pause looks like a death; where two coordinators do harm, use a quorum (core/raft).
//
// Where it differs from the textbook: a coordinator that hears an ELECTION or a lower coordinator's
// HEARTBEAT holds no new election. It repeats COORDINATOR to that one process, so that a burst of
// suspicions costs it one message each and not n.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "core/base/machine.hpp"
#include "core/bully/config.hpp"
#include "core/bully/messages.hpp"

namespace lockstep::bully {

class Bully {
 public:
  using Alphabet = bully::Alphabet;

  // REQUIRES: 1 <= self <= count, refusal(config) is empty. The seed is not used: no step of this
  // algorithm is left to chance.
  Bully(NodeId self, std::uint32_t count, Config config, std::uint64_t seed);

  void step(Instant now, const Event<Alphabet>& event, Effects<Alphabet>& out);

  [[nodiscard]] NodeId self() const { return self_; }
  [[nodiscard]] RoleName role() const { return static_cast<RoleName>(role_.index()); }
  // Whom this process takes for the coordinator; nobody while it does not know.
  [[nodiscard]] NodeId coordinator() const;

  static constexpr std::string_view name = "bully";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("self", self.self_);
    visit("role", self.role());
    visit("coordinator", self.coordinator());
    visit("epoch", self.epoch_);
  }
  friend bool operator==(const Bully&, const Bully&) = default;

 private:
  // follower     -> electing      the coordinator is silent, ELECTION from below, a request
  // coordinator  -> electing      a request
  // electing     -> waiting       ANSWER from above
  // electing     -> coordinator   no ANSWER in time
  // waiting      -> electing      no COORDINATOR in time
  // any          -> follower      COORDINATOR or HEARTBEAT from above
  struct Following {
    NodeId coordinator;  // above self; nobody only before Started
    Instant heard;       // of the coordinator, latest
    friend bool operator==(const Following&, const Following&) = default;
  };
  struct Electing {
    friend bool operator==(Electing, Electing) = default;
  };
  struct Waiting {
    friend bool operator==(Waiting, Waiting) = default;
  };
  struct Coordinating {
    friend bool operator==(Coordinating, Coordinating) = default;
  };
  using Role = std::variant<Following, Electing, Waiting, Coordinating>;  // in RoleName's order

  void start(Instant now, Effects<Alphabet>& out);
  void receive(Instant now, NodeId from, const Message& message, Effects<Alphabet>& out);
  void hear_election(Instant now, NodeId from, Effects<Alphabet>& out);
  void hear_answer(Instant now, NodeId from, Effects<Alphabet>& out);
  void hear_coordinator(Instant now, NodeId from, bool announced, Effects<Alphabet>& out);
  void fire(Instant now, Timer timer, TimerEpoch epoch, Effects<Alphabet>& out);

  void hold_election(Instant now, Effects<Alphabet>& out);
  void become_coordinator(Instant now, Effects<Alphabet>& out);
  void follow(Instant now, NodeId coordinator, Effects<Alphabet>& out);
  void beat(Instant now, Effects<Alphabet>& out);
  void take_role(Role role, Instant alarm, Effects<Alphabet>& out);
  void arm(Instant at, Effects<Alphabet>& out);

  [[nodiscard]] Timer timer() const;  // the one that belongs to the role
  [[nodiscard]] bool election_running() const;

  NodeId self_;
  std::uint32_t count_;
  Config config_;
  Role role_;
  TimerEpoch epoch_;    // of the latest SetTimer, whichever timer it was
  bool armed_ = false;  // timer() is pending
};

}  // namespace lockstep::bully
