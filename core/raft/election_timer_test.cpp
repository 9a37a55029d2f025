#include "core/raft/election_timer.hpp"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::raft;

using Ring = ElectionTimer::Ring;

TEST_CASE("a later deadline needs no alarm until the old one rings") {
  ElectionTimer timer;
  CHECK(timer.reset(Instant(100)));
  CHECK(timer.epoch() == TimerEpoch(1));
  CHECK(timer.alarm() == Instant(100));
  CHECK_FALSE(timer.reset(Instant(150)));
  CHECK(timer.ring(Instant(100), TimerEpoch(1)) == Ring::early);
  CHECK(timer.epoch() == TimerEpoch(2));
  CHECK(timer.alarm() == Instant(150));
  CHECK(timer.ring(Instant(150), TimerEpoch(2)) == Ring::due);
  CHECK(timer.ring(Instant(150), TimerEpoch(2)) == Ring::stale);
}

TEST_CASE("an earlier deadline moves the alarm, and the old one is stale") {
  ElectionTimer timer;
  CHECK(timer.reset(Instant(100)));
  CHECK(timer.reset(Instant(80)));
  CHECK(timer.epoch() == TimerEpoch(2));
  CHECK(timer.ring(Instant(100), TimerEpoch(1)) == Ring::stale);
  CHECK(timer.ring(Instant(80), TimerEpoch(2)) == Ring::due);
}

TEST_CASE("a cancelled timer does not ring") {
  ElectionTimer timer;
  CHECK_FALSE(timer.cancel());
  CHECK(timer.reset(Instant(100)));
  CHECK(timer.cancel());
  CHECK(timer.ring(Instant(100), TimerEpoch(1)) == Ring::stale);
  CHECK(timer.reset(Instant(200)));
  CHECK(timer.epoch() == TimerEpoch(2));
}
