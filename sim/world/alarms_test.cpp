#include "sim/world/alarms.hpp"

#include <doctest/doctest.h>

#include <map>
#include <vector>

#include "core/base/random.hpp"

namespace lockstep::sim {
namespace {

enum class Bell : std::uint8_t { small, great };
constexpr std::size_t enumerator_count(Bell) { return 2; }

constexpr Instant at(std::int64_t ns) { return Instant(ns); }
constexpr TimerEpoch epoch(std::uint64_t count) { return TimerEpoch(count); }

TEST_CASE("an alarm fires at its instant, once, with its epoch") {
  Alarms<Bell> alarms;
  CHECK(alarms.set(Bell::small, epoch(1), at(10)) == at(10));
  const auto woken = alarms.wake(Bell::small, at(10), at(10));
  CHECK(woken.fires == epoch(1));
  CHECK_FALSE(woken.again.has_value());
  const auto twice = alarms.wake(Bell::small, at(10), at(10));
  CHECK_FALSE(twice.fires.has_value());
  CHECK_FALSE(twice.again.has_value());
}

TEST_CASE(
    "an alarm set later costs no second wake-up: the queued one goes on to the later instant") {
  Alarms<Bell> alarms;
  CHECK(alarms.set(Bell::small, epoch(1), at(10)) == at(10));
  CHECK_FALSE(alarms.set(Bell::small, epoch(2), at(30)).has_value());
  CHECK_FALSE(alarms.set(Bell::small, epoch(3), at(50)).has_value());
  CHECK_FALSE(alarms.set(Bell::small, epoch(4), at(50)).has_value());
  const auto early = alarms.wake(Bell::small, at(10), at(10));
  CHECK_FALSE(early.fires.has_value());
  CHECK(early.again == at(50));
  CHECK(alarms.wake(Bell::small, at(50), at(50)).fires == epoch(4));
}

TEST_CASE(
    "an alarm set earlier is queued for the earlier instant, and the later wake-up is silent") {
  Alarms<Bell> alarms;
  CHECK(alarms.set(Bell::small, epoch(1), at(50)) == at(50));
  CHECK(alarms.set(Bell::small, epoch(2), at(20)) == at(20));
  CHECK(alarms.wake(Bell::small, at(20), at(20)).fires == epoch(2));
  const auto superseded = alarms.wake(Bell::small, at(50), at(50));
  CHECK_FALSE(superseded.fires.has_value());
  CHECK_FALSE(superseded.again.has_value());
}

TEST_CASE("a superseded wake-up is silent even where the alarm is set once more beyond it") {
  Alarms<Bell> alarms;
  (void)alarms.set(Bell::small, epoch(1), at(50));
  (void)alarms.set(Bell::small, epoch(2), at(20));
  CHECK(alarms.wake(Bell::small, at(20), at(20)).fires == epoch(2));
  CHECK(alarms.set(Bell::small, epoch(3), at(80)) == at(80));
  const auto superseded = alarms.wake(Bell::small, at(50), at(50));
  CHECK_FALSE(superseded.fires.has_value());
  CHECK_FALSE(superseded.again.has_value());
  CHECK(alarms.wake(Bell::small, at(80), at(80)).fires == epoch(3));
}

TEST_CASE("a cancelled alarm is silent; set again it fires with its latest epoch only") {
  Alarms<Bell> alarms;
  (void)alarms.set(Bell::small, epoch(1), at(10));
  alarms.cancel(Bell::small);
  const auto silent = alarms.wake(Bell::small, at(10), at(10));
  CHECK_FALSE(silent.fires.has_value());
  CHECK_FALSE(silent.again.has_value());

  (void)alarms.set(Bell::small, epoch(2), at(20));
  alarms.cancel(Bell::small);
  CHECK_FALSE(alarms.set(Bell::small, epoch(3), at(20)).has_value());  // that wake-up still comes
  CHECK(alarms.wake(Bell::small, at(20), at(20)).fires == epoch(3));
  alarms.cancel(Bell::great);  // never set: no harm
}

TEST_CASE("timers do not disturb one another, and clearing silences them all") {
  Alarms<Bell> alarms;
  CHECK(alarms.set(Bell::small, epoch(1), at(10)) == at(10));
  CHECK(alarms.set(Bell::great, epoch(7), at(10)) == at(10));
  alarms.cancel(Bell::small);
  CHECK(alarms.wake(Bell::great, at(10), at(10)).fires == epoch(7));
  (void)alarms.set(Bell::great, epoch(8), at(20));
  alarms.clear();
  CHECK_FALSE(alarms.wake(Bell::great, at(20), at(20)).fires.has_value());
  CHECK(alarms.set(Bell::great, epoch(1), at(20)) == at(20));
}

TEST_CASE("a paused node hears its wake-up late: what is overdue fires then, what is not goes on") {
  Alarms<Bell> alarms;
  (void)alarms.set(Bell::small, epoch(1), at(10));
  CHECK(alarms.wake(Bell::small, at(10), at(70)).fires == epoch(1));
  (void)alarms.set(Bell::small, epoch(2), at(80));
  (void)alarms.set(Bell::small, epoch(3), at(90));
  CHECK(alarms.wake(Bell::small, at(80), at(100)).fires == epoch(3));
  (void)alarms.set(Bell::small, epoch(4), at(110));
  (void)alarms.set(Bell::small, epoch(5), at(150));
  CHECK(alarms.wake(Bell::small, at(110), at(120)).again == at(150));
}

// The plain rule: a timer fires at the instant of its latest setting, unless cancelled. Every
// wake-up that is asked for comes; no more of them come than alarms are set.
TEST_CASE("alarms agree with a plain rule under random settings") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    Alarms<Bell> alarms;
    std::multimap<Instant, Bell> queue;
    std::optional<std::pair<Instant, TimerEpoch>> due[2];
    std::uint64_t settings = 0, wakes = 0;
    for (Instant now; now < at(2000); now = now + nanoseconds(1)) {
      for (auto next = queue.begin(); next != queue.end() && next->first == now;) {
        const Bell bell = next->second;
        queue.erase(next);
        ++wakes;
        auto& expected = due[static_cast<std::size_t>(bell)];
        const auto woken = alarms.wake(bell, now, now);
        if (woken.again) queue.emplace(*woken.again, bell);
        if (woken.fires) {
          REQUIRE(expected.has_value());
          REQUIRE(expected->first == now);
          REQUIRE(expected->second == *woken.fires);
          expected.reset();
        }
        next = queue.begin();
      }
      for (const auto& expected : due) REQUIRE((!expected || expected->first > now));
      const Bell bell = random.chance({1, 2}) ? Bell::small : Bell::great;
      auto& expected = due[static_cast<std::size_t>(bell)];
      if (random.chance({1, 10})) {
        alarms.cancel(bell);
        expected.reset();
      } else if (random.chance({1, 3})) {
        const Instant when = now + nanoseconds(random.between(1, 40));
        const TimerEpoch set(++settings);
        if (const auto wake = alarms.set(bell, set, when)) queue.emplace(*wake, bell);
        expected = {when, set};
      }
    }
    CHECK(wakes < settings);
  }
}

TEST_CASE("when the clock changes, alarms move with it: earlier ones are queued anew") {
  Alarms<Bell> alarms;
  CHECK(alarms.set(Bell::small, epoch(1), at(50), at(150)) == at(50));
  CHECK(alarms.set(Bell::great, epoch(2), at(80), at(180)) == at(80));
  std::vector<Instant> queued;
  const auto shift = [&](std::int64_t ahead) {
    queued.clear();
    alarms.move([&](Instant shown) { return shown - Duration(ahead); },
                [&](Bell, Instant due) { queued.push_back(due); });
    return queued;
  };
  CHECK(shift(120) == std::vector{at(30), at(60)});
  CHECK_FALSE(alarms.wake(Bell::small, at(50), at(50)).fires.has_value());
  CHECK(alarms.wake(Bell::small, at(30), at(50)).fires == epoch(1));
  CHECK(shift(110).empty());  // the great one is later, and finds out when it wakes
  CHECK(alarms.wake(Bell::great, at(60), at(60)).again == at(70));
  CHECK(alarms.wake(Bell::great, at(70), at(70)).fires == epoch(2));
  CHECK(shift(0).empty());  // none is armed
}

}  // namespace
}  // namespace lockstep::sim
