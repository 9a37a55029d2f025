// What a leader and its followers say to one another: heartbeats, hand-overs and guarded actions.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "core/advanced_bully/weighing.hpp"
#include "core/base/epoch.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "core/fencing/action.hpp"
#include "core/fencing/lease.hpp"

namespace lockstep::advanced_bully {

using fencing::Renewal;
using BeatNumber = Strong<struct BeatNumberTag>;
using ActionId = Strong<struct ActionIdTag>;

struct Heartbeat {
  Epoch epoch;
  BeatNumber number;
  Renewal renewal;      // of the lease; the newest round
  Duration round_trip;  // to this receiver and back, as measured last; 0: not yet
  std::uint32_t cpu_permille = 0;
  std::uint32_t memory_permille = 0;
  static constexpr std::string_view name = "heartbeat";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("number", self.number);
    visit("renewal", self.renewal);
    visit("round_trip", self.round_trip);
    visit("cpu", self.cpu_permille);
    visit("memory", self.memory_permille);
  }
  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

// In place of a score: wants no office now. Less than any.
inline constexpr std::int64_t unwilling = std::numeric_limits<std::int64_t>::min();

struct HeartbeatAnswer {
  Epoch epoch;
  BeatNumber number;
  Renewal renewal;
  std::int64_t score = 0;  // of the sender in this epoch, or `unwilling`
  static constexpr std::string_view name = "heartbeat_answer";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("number", self.number);
    visit("renewal", self.renewal);
    visit("score", self.score);
  }
  friend bool operator==(const HeartbeatAnswer&, const HeartbeatAnswer&) = default;
};

// A follower expects the leader to fail.
struct HandOverAsked {
  Epoch epoch;
  std::uint32_t failure_permille = 0;
  static constexpr std::string_view name = "hand_over_asked";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("failure", self.failure_permille);
  }
  friend bool operator==(HandOverAsked, HandOverAsked) = default;
};

// The leader of this epoch leads no longer, and the successor is to stand.
struct Resigned {
  Epoch epoch;
  NodeId successor;
  static constexpr std::string_view name = "resigned";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("successor", self.successor);
  }
  friend bool operator==(Resigned, Resigned) = default;
};

// What the members weigh in the elections after this epoch's, by its leader.
struct Weighed {
  Epoch epoch;
  Weights weights;
  static constexpr std::string_view name = "weighed";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("weights", self.weights);
  }
  friend bool operator==(const Weighed&, const Weighed&) = default;
};

// To every guarded resource.
struct Act {
  ActionId id;
  fencing::Action action;
  static constexpr std::string_view name = "act";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("id", self.id);
    visit("action", self.action);
  }
  friend bool operator==(const Act&, const Act&) = default;
};

struct ActAccepted {
  ActionId id;
  static constexpr std::string_view name = "act_accepted";
  static constexpr void fields(auto& self, auto&& visit) { visit("id", self.id); }
  friend bool operator==(ActAccepted, ActAccepted) = default;
};

struct ActRefused {
  ActionId id;
  fencing::Refused why;
  static constexpr std::string_view name = "act_refused";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("id", self.id);
    visit("why", self.why);
  }
  friend bool operator==(const ActRefused&, const ActRefused&) = default;
};

}  // namespace lockstep::advanced_bully
