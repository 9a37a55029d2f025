// LamportClock: a logical clock that never tells a time twice, not even after a crash.
//
// IR1 and IR2 of Lamport 1978: it advances before every event, and beyond the time of every message
// received. A step of a machine is one event, and what it stamps are further ones.
//
// Not every tick is written down. A bound ahead of the clock is, and a restart begins there. Until
// a bound is durable, times above the last one must not leave the node: may_tell().
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/base/check.hpp"
#include "core/lamport/stamp.hpp"

namespace lockstep::lamport {

// Nobody is believed beyond this; there is room above it for longer than any clock runs.
inline constexpr LamportTime furthest_time{std::uint64_t{1} << 62};

class LamportClock {
 public:
  // REQUIRES: block >= 2, the ticks a bound is ahead at first.
  explicit LamportClock(std::uint32_t block) : ahead_(block) {
    check(block >= 2, "a bound is ahead of the clock");
  }

  LamportTime tick() { return ++time_; }
  // REQUIRES: heard <= furthest_time.
  LamportTime receive(LamportTime heard) {
    time_ = std::max(time_, heard);
    return ++time_;
  }
  [[nodiscard]] LamportTime time() const { return time_; }

  // After a crash, before anything else: no time up to the bound is told again.
  void restore(LamportTime bound) { time_ = asked_ = durable_ = std::max(durable_, bound); }

  // The bound to write now, if less than half of what it should be ahead is left below the last
  // one. Where that one is not durable yet, the clock runs faster than the disk, and the next one
  // is further ahead, or the node would never speak again.
  std::optional<LamportTime> reserve() {
    if (time_.value() + ahead_ / 2 <= asked_.value()) return std::nullopt;
    if (asked_ > durable_) ahead_ = std::min(ahead_ * 2, most_ahead);
    asked_ = LamportTime(time_.value() + ahead_);
    return asked_;
  }
  // It is durable. Bounds become durable in their order.
  void reserved(LamportTime bound) { durable_ = std::max(durable_, bound); }
  [[nodiscard]] bool may_tell() const { return time_ <= durable_; }

  friend bool operator==(const LamportClock&, const LamportClock&) = default;

 private:
  static constexpr std::uint64_t most_ahead = std::uint64_t{1} << 32;

  std::uint64_t ahead_;
  LamportTime time_;
  LamportTime asked_;    // the highest bound that was given out to be written
  LamportTime durable_;  // <= asked_
};

}  // namespace lockstep::lamport
