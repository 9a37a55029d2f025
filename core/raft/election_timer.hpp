// The election timer, set anew by every sign of a leader without an alarm for each.
//
// Only a deadline moves; the one alarm is moved when the deadline falls before it, and when it
// rings early it is set again for what is left.
#pragma once

#include <optional>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep::raft {

class ElectionTimer {
 public:
  // True when an alarm has to be set for alarm() under epoch().
  [[nodiscard]] bool reset(Instant deadline) {
    deadline_ = deadline;
    return (armed_ && alarm_ <= deadline) ? false : arm();
  }
  // False when nothing was armed.
  [[nodiscard]] bool cancel() {
    const bool was_armed = armed_;
    armed_ = false;
    return was_armed;
  }

  enum class Ring { stale, early, due };
  // After `early` an alarm has to be set for alarm() under epoch().
  [[nodiscard]] Ring ring(Instant now, TimerEpoch epoch) {
    if (!armed_ || epoch != epoch_) return Ring::stale;
    armed_ = false;
    if (now >= deadline_) return Ring::due;
    arm();
    return Ring::early;
  }

  [[nodiscard]] TimerEpoch epoch() const { return epoch_; }
  [[nodiscard]] Instant alarm() const { return alarm_; }

  friend bool operator==(const ElectionTimer&, const ElectionTimer&) = default;

 private:
  bool arm() {
    armed_ = true;
    alarm_ = deadline_;
    ++epoch_;
    return true;
  }
  bool armed_ = false;
  TimerEpoch epoch_;
  Instant alarm_;     // when the alarm rings, while armed
  Instant deadline_;  // when the wait is over; >= alarm_ while armed
};

}  // namespace lockstep::raft
