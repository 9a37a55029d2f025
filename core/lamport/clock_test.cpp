#include "core/lamport/clock.hpp"

#include <doctest/doctest.h>

namespace lockstep::lamport {
namespace {

LamportTime at(std::uint64_t time) { return LamportTime(time); }

TEST_CASE("a clock ticks before an event, and goes beyond what it hears") {
  LamportClock clock(8);
  CHECK(clock.tick() == at(1));
  CHECK(clock.receive(at(7)) == at(8));
  CHECK(clock.receive(at(3)) == at(9));
  CHECK(clock.time() == at(9));
}

TEST_CASE("a bound is written ahead of the clock, and only then its times are told") {
  LamportClock clock(8);
  clock.tick();
  CHECK_FALSE(clock.may_tell());
  CHECK(clock.reserve() == at(9));
  CHECK(clock.reserve() == std::nullopt);
  CHECK_FALSE(clock.may_tell());
  clock.reserved(at(9));
  CHECK(clock.may_tell());
  while (clock.time() < at(5)) clock.tick();
  CHECK(clock.reserve() == std::nullopt);
  clock.tick();
  CHECK(clock.reserve() == at(14));  // with half a block to spare
  CHECK(clock.may_tell());
  clock.receive(at(100));
  CHECK(clock.reserve() == at(109));
  CHECK_FALSE(clock.may_tell());
}

TEST_CASE("a restart begins at the bound: no time that was told is told again") {
  LamportClock before(8);
  before.tick();
  before.reserved(*before.reserve());
  while (before.time() < at(9)) before.tick();
  LamportClock after(8);
  after.restore(at(9));
  CHECK(after.may_tell());
  CHECK(after.tick() > before.time());
  CHECK_FALSE(after.may_tell());
  CHECK(after.reserve() == at(18));
}

}  // namespace
}  // namespace lockstep::lamport
