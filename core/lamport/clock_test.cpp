#include "core/lamport/clock.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

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
  clock.reserved(at(14));
  clock.receive(at(100));
  CHECK(clock.reserve() == at(109));
  CHECK_FALSE(clock.may_tell());
}

TEST_CASE("a clock that runs faster than the disk is heard in the end") {
  LamportClock clock(2);
  std::vector<std::pair<int, LamportTime>> writes;  // each takes 50 steps
  int heard = 0;
  for (int step = 0; step < 1000; ++step) {
    clock.tick();
    if (const auto next = clock.reserve()) writes.emplace_back(step + 50, *next);
    for (const auto& [durable, bound] : writes) {
      if (durable == step) clock.reserved(bound);
    }
    heard += clock.may_tell();
  }
  CHECK(heard > 800);
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
