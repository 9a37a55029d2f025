// What an auditor is told of elections. Weights are in tenths, as the quorum counts them; both they
// and the threshold are 0 where no quorum is asked for. Scores are those of core/bully in its fixed
// point, and mean something within one epoch only.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/epoch.hpp"
#include "core/base/strong.hpp"

namespace lockstep::audit {

struct ElectionStarted {
  Epoch epoch;  // the one that is to begin
  NodeId by;    // who called it
  static constexpr std::string_view name = "election_started";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("by", self.by);
  }
  friend bool operator==(const ElectionStarted&, const ElectionStarted&) = default;
};

struct ElectionWon {
  Epoch epoch;
  NodeId winner;
  std::int64_t score = 0;
  static constexpr std::string_view name = "election_won";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("winner", self.winner);
    visit("score", self.score);
  }
  friend bool operator==(const ElectionWon&, const ElectionWon&) = default;
};

// Whom this node takes for the leader; nobody while it does not know.
struct LeaderChanged {
  Epoch epoch;
  NodeId before;
  NodeId after;
  static constexpr std::string_view name = "leader_changed";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("before", self.before);
    visit("after", self.after);
  }
  friend bool operator==(const LeaderChanged&, const LeaderChanged&) = default;
};

// Held because the leader of `epoch` is predicted to fail.
struct PreemptiveElection {
  Epoch epoch;
  NodeId leader;
  std::uint32_t failure_permille = 0;  // the predicted probability, 0..1000
  static constexpr std::string_view name = "preemptive_election";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("leader", self.leader);
    visit("failure_permille", self.failure_permille);
  }
  friend bool operator==(const PreemptiveElection&, const PreemptiveElection&) = default;
};

struct QuorumReached {
  Epoch epoch;
  NodeId candidate;
  std::uint32_t weight = 0;     // of the votes; >= threshold
  std::uint32_t threshold = 0;  // what a quorum weighs at least
  static constexpr std::string_view name = "quorum_reached";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("candidate", self.candidate);
    visit("weight", self.weight);
    visit("threshold", self.threshold);
  }
  friend bool operator==(const QuorumReached&, const QuorumReached&) = default;
};

struct QuorumFailed {
  Epoch epoch;
  NodeId candidate;
  std::uint32_t weight = 0;  // of the votes when it was given up; < threshold
  std::uint32_t threshold = 0;
  static constexpr std::string_view name = "quorum_failed";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("candidate", self.candidate);
    visit("weight", self.weight);
    visit("threshold", self.threshold);
  }
  friend bool operator==(const QuorumFailed&, const QuorumFailed&) = default;
};

}  // namespace lockstep::audit
