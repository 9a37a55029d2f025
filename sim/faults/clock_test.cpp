#include "sim/faults/clock.hpp"

#include <doctest/doctest.h>

#include "core/base/random.hpp"

namespace lockstep::sim {
namespace {

constexpr Instant s(std::int64_t count) { return Instant() + seconds(count); }
constexpr Instant ns(std::int64_t count) { return Instant(count); }

TEST_CASE("a clock that nobody touched shows the world's time") {
  NodeClock clock;
  CHECK(clock.plain());
  CHECK(clock.tell(ns(12345)) == ns(12345));
  CHECK(clock.when(s(3), s(1)) == s(3));
  CHECK(clock.when(s(1), s(3)) == s(3));
}

TEST_CASE("after a jump forward it is ahead, and stays so") {
  NodeClock clock;
  clock.jump(s(10), seconds(5));
  CHECK_FALSE(clock.plain());
  CHECK(clock.tell(s(10)) == s(15));
  CHECK(clock.tell(s(20)) == s(25));
  CHECK(clock.when(s(30), s(20)) == s(25));
  CHECK(clock.when(s(12), s(20)) == s(20));
}

TEST_CASE("after a jump back what the machine is told stands still until the clock has caught up") {
  NodeClock clock;
  CHECK(clock.tell(s(10)) == s(10));
  clock.jump(s(10), seconds(-4));
  CHECK(clock.tell(s(11)) == s(10));
  CHECK(clock.tell(s(14)) == s(10));
  CHECK(clock.tell(s(15)) == s(11));
  CHECK(clock.when(s(12), s(15)) == s(16));
}

TEST_CASE("a jump back takes nothing back that was shown while nobody asked") {
  NodeClock clock;
  clock.jump(s(10), seconds(-4));
  CHECK(clock.tell(s(11)) == s(10));
}

TEST_CASE("the next incarnation was told nothing, so its time may be behind the last one's") {
  NodeClock clock;
  CHECK(clock.tell(s(10)) == s(10));
  clock.jump(s(10), seconds(-4));
  clock.restart();
  CHECK(clock.tell(s(11)) == s(7));
  clock.jump(s(11), seconds(-100));
  clock.restart();
  CHECK(clock.tell(s(12)) == Instant());  // never before the start
}

TEST_CASE("drift is a matter of millionths, and ends where it stands") {
  NodeClock clock;
  clock.drift(s(0), 200);
  CHECK(clock.when(ns(1'000'200'000), s(0)) == s(1));
  CHECK(clock.tell(s(1)) == ns(1'000'200'000));
  clock.drift(s(1), -500'000);
  CHECK(clock.tell(s(3)) == ns(2'000'200'000));
  clock.drift(s(3), 0);
  CHECK(clock.tell(s(4)) == ns(3'000'200'000));
}

TEST_CASE("jumps add up to 31 years at most, either way") {
  NodeClock clock;
  for (int i = 0; i < 10'000; ++i) clock.jump(s(i), seconds(3'600'000));
  CHECK(clock.tell(s(10'000)) > s(900'000'000));
  for (int i = 0; i < 30'000; ++i) clock.jump(s(10'000 + i), seconds(-3'600'000));
  clock.restart();
  CHECK(clock.tell(s(50'000)) == Instant());
}

TEST_CASE("when() is the first instant at which that is told, to the nanosecond") {
  Random random(1);
  for (int round = 0; round < 20'000; ++round) {
    NodeClock clock;
    Instant world(random.between(0, 1'000'000'000));
    for (int change = 0; change < 3; ++change) {
      (void)clock.tell(world);
      if (random.below(2) == 0)
        clock.jump(world, Duration(random.between(-2'000'000'000, 2'000'000'000)));
      else
        clock.drift(world, static_cast<std::int32_t>(random.between(-999'999, 2'000'000)));
      world = world + Duration(random.between(0, 3'000'000'000));
    }
    const Instant told = clock.tell(world);
    const Instant wanted = told + Duration(random.between(1, 1'000'000'000));
    const Instant when = clock.when(wanted, world);
    NodeClock before = clock;
    REQUIRE(clock.tell(when) >= wanted);
    if (when > world) REQUIRE(before.tell(when - Duration(1)) < wanted);
  }
}

}  // namespace
}  // namespace lockstep::sim
