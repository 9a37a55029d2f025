// What a node of a Lamport log writes down and reports, and the alphabet as a whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "core/lamport/messages.hpp"
#include "core/lamport/requests.hpp"

namespace lockstep::lamport {

// No time above this was told before the next such record.
struct ClockBound {
  LamportTime bound;
  static constexpr std::string_view name = "clock_bound";
  static constexpr void fields(auto& self, auto&& visit) { visit("bound", self.bound); }
  friend bool operator==(const ClockBound&, const ClockBound&) = default;
};
using Record = std::variant<ClockBound, Entry>;

// This node gave a message its stamp.
struct Stamped {
  Stamp stamp;
  Origin origin;
  static constexpr std::string_view name = "stamped";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("stamp", self.stamp);
    visit("origin", self.origin);
  }
  friend bool operator==(const Stamped&, const Stamped&) = default;
};
// It stands among the messages this node shows; in multicast it is delivered.
struct Shown {
  Stamp stamp;
  static constexpr std::string_view name = "shown";
  static constexpr void fields(auto& self, auto&& visit) { visit("stamp", self.stamp); }
  friend bool operator==(const Shown&, const Shown&) = default;
};
// Two stamps of one message met: the smaller one stays.
struct Merged {
  Stamp kept;
  Stamp dropped;
  static constexpr std::string_view name = "merged";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("kept", self.kept);
    visit("dropped", self.dropped);
  }
  friend bool operator==(const Merged&, const Merged&) = default;
};
// It arrived after one with a later stamp: the reason why a log is sorted and not appended to.
struct CausalityViolation {
  Stamp stamp;
  Stamp after;
  static constexpr std::string_view name = "causality_violation";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("stamp", self.stamp);
    visit("after", self.after);
  }
  friend bool operator==(const CausalityViolation&, const CausalityViolation&) = default;
};
// This node is behind `of`, and asked it for what is missing.
struct AskedForGap {
  NodeId of;
  static constexpr std::string_view name = "asked_for_gap";
  static constexpr void fields(auto& self, auto&& visit) { visit("of", self.of); }
  friend bool operator==(const AskedForGap&, const AskedForGap&) = default;
};
using Notice = std::variant<bully::Notice, Stamped, Shown, Merged, CausalityViolation, AskedForGap>;

// Bully's, in its order, and the one between two Holdings.
enum class Timer : std::uint8_t { heartbeat, failure, answer, coordinator, sync };
constexpr std::string_view name_of(Timer timer) {
  return timer == Timer::sync ? "sync" : name_of(static_cast<bully::Timer>(timer));
}
constexpr std::size_t enumerator_count(Timer) { return 5; }

struct Alphabet {
  using Message = lamport::Message;
  using Request = lamport::Request;
  using Reply = lamport::Reply;
  using Record = lamport::Record;
  using Timer = lamport::Timer;
  using Notice = lamport::Notice;
};

}  // namespace lockstep::lamport
