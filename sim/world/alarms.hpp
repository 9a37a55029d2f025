// Alarms of one machine: one pending alarm a timer. A machine sets its timers far more often than
// they fire, so setting one later costs nothing: the queued wake-up finds that the alarm has moved
// and queues itself again.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep::sim {

template <class Timer>
class Alarms {
 public:
  // The instant at which a wake-up must be queued, if the pending one comes too late or there is
  // none.
  std::optional<Instant> set(Timer timer, TimerEpoch epoch, Instant at) {
    Alarm& alarm = of(timer);
    alarm.armed = true;
    alarm.epoch = epoch;
    alarm.at = at;
    if (alarm.queued && alarm.queued_at <= at) return std::nullopt;
    return queue(alarm, at);
  }
  void cancel(Timer timer) { of(timer).armed = false; }
  void clear() { alarms_ = {}; }

  struct Wake {
    std::optional<TimerEpoch> fires;
    std::optional<Instant> again;  // queue another wake-up for then
  };
  // `planned` is the instant the wake-up was queued for; a paused node hears it later.
  Wake wake(Timer timer, Instant planned, Instant now) {
    Alarm& alarm = of(timer);
    if (!alarm.queued || alarm.queued_at != planned)
      return {};  // an earlier wake-up took this one's place
    alarm.queued = false;
    if (!alarm.armed) return {};
    if (alarm.at > now) return {std::nullopt, queue(alarm, alarm.at)};
    alarm.armed = false;
    return {alarm.epoch, std::nullopt};
  }

 private:
  struct Alarm {
    TimerEpoch epoch;
    Instant at;
    Instant queued_at;
    bool armed = false;
    bool queued = false;
  };
  Alarm& of(Timer timer) { return alarms_[static_cast<std::size_t>(timer)]; }
  static Instant queue(Alarm& alarm, Instant at) {
    alarm.queued = true;
    alarm.queued_at = at;
    return at;
  }
  std::array<Alarm, enumerator_count(Timer{})> alarms_{};
};

}  // namespace lockstep::sim
