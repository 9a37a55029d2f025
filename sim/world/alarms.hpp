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
    return set(timer, epoch, at, at);
  }
  // The same, where the machine's clock shows `shown` at the instant `at`.
  std::optional<Instant> set(Timer timer, TimerEpoch epoch, Instant at, Instant shown) {
    Alarm& alarm = of(timer);
    alarm.armed = true;
    alarm.epoch = epoch;
    alarm.at = at;
    alarm.shown = shown;
    if (alarm.queued && alarm.queued_at <= at) return std::nullopt;
    return queue(alarm, at);
  }
  // The machine's clock has changed: `when` says at which instant it shows a time, `wake_up` queues
  // a wake-up.
  void move(auto&& when, auto&& wake_up) {
    for (std::size_t i = 0; i < alarms_.size(); ++i) {
      Alarm& alarm = alarms_[i];
      if (!alarm.armed) continue;
      alarm.at = when(alarm.shown);
      if (!alarm.queued || alarm.queued_at > alarm.at)
        wake_up(static_cast<Timer>(i), queue(alarm, alarm.at));
    }
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
    Instant shown;  // on the machine's clock
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
