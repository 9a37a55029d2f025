// What Bully processes say, ask and report: ELECTION, ANSWER and COORDINATOR of the usual message
// form of Garcia-Molina's algorithm ("Elections in a Distributed Computing System", IEEE
// Transactions on Computers, 1982), and the heartbeat that detects a dead coordinator.
//
// No message carries a field: the sender's id is all the algorithm compares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "core/base/describe.hpp"
#include "core/base/machine.hpp"
#include "core/base/strong.hpp"

namespace lockstep::bully {

// To every higher id: is anybody up there? The sender becomes coordinator if nobody is.
struct Election {
  static constexpr std::string_view name = "election";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Election, Election) = default;
};

// From a higher id: I am, leave it to me.
struct Answer {
  static constexpr std::string_view name = "answer";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Answer, Answer) = default;
};

// To a lower id: I am the coordinator.
struct Coordinator {
  static constexpr std::string_view name = "coordinator";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Coordinator, Coordinator) = default;
};

// To everybody else, in both directions: I still am.
struct Heartbeat {
  static constexpr std::string_view name = "heartbeat";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(Heartbeat, Heartbeat) = default;
};

// On the wire an alternative is its place here: add at the end only.
using Message = std::variant<Election, Answer, Coordinator, Heartbeat>;

// Hold an election now, unless one is running here. Answered at once; the outcome is a Notice.
struct StartElection {
  static constexpr std::string_view name = "start_election";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(StartElection, StartElection) = default;
};
using Request = std::variant<StartElection>;

struct ElectionStarted {
  static constexpr std::string_view name = "election_started";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(ElectionStarted, ElectionStarted) = default;
};

struct BecameCoordinator {
  static constexpr std::string_view name = "became_coordinator";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(BecameCoordinator, BecameCoordinator) = default;
};

// Also how a lower coordinator reports that it stepped down.
struct AcceptedCoordinator {
  NodeId id;
  static constexpr std::string_view name = "accepted_coordinator";
  static constexpr void fields(auto& self, auto&& visit) { visit("id", self.id); }
  friend bool operator==(AcceptedCoordinator, AcceptedCoordinator) = default;
};

struct SuspectedCoordinator {
  NodeId id;
  static constexpr std::string_view name = "suspected_coordinator";
  static constexpr void fields(auto& self, auto&& visit) { visit("id", self.id); }
  friend bool operator==(SuspectedCoordinator, SuspectedCoordinator) = default;
};

using Notice =
    std::variant<ElectionStarted, BecameCoordinator, AcceptedCoordinator, SuspectedCoordinator>;

// Each belongs to one role, so at most one is pending.
enum class Timer : std::uint8_t { heartbeat, failure, answer, coordinator };
constexpr std::string_view name_of(Timer timer) {
  switch (timer) {
    case Timer::heartbeat: return "heartbeat";
    case Timer::failure: return "failure";
    case Timer::answer: return "answer";
    case Timer::coordinator: return "coordinator";
  }
  return "?";
}
constexpr std::size_t enumerator_count(Timer) { return 4; }

// electing: asked the higher ids and waits for an ANSWER. waiting: has one, waits for COORDINATOR.
enum class RoleName : std::uint8_t { follower, electing, waiting, coordinator };
constexpr std::string_view name_of(RoleName role) {
  switch (role) {
    case RoleName::follower: return "follower";
    case RoleName::electing: return "electing";
    case RoleName::waiting: return "waiting";
    case RoleName::coordinator: return "coordinator";
  }
  return "?";
}
constexpr std::size_t enumerator_count(RoleName) { return 4; }

struct Alphabet {
  using Message = bully::Message;
  using Request = bully::Request;
  using Reply = Nothing;
  using Record = Nothing;  // nothing is durable: who is highest and alive is found out again
  using Timer = bully::Timer;
  using Notice = bully::Notice;
};

}  // namespace lockstep::bully
