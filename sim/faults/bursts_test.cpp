#include "sim/faults/bursts.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace lockstep::sim {
namespace {

constexpr Endpoints five{5, 2};

Burst burst(Burst::Kind kind, Ratio ratio, std::int64_t late_ms = 0) {
  const Duration late = milliseconds(late_ms);
  return {kind, {}, {}, ratio, {Latency::Shape::constant, late, late, 0}};
}

TEST_CASE("a burst hits its kind only, on its links only, in its ratio") {
  Bursts bursts(five);
  Random random(1);
  CHECK(bursts.none());
  bursts.add(burst(Burst::Kind::lose, {1, 4}), {0}, {1, 6});
  CHECK_FALSE(bursts.none());
  int lost = 0;
  for (int i = 0; i < 20'000; ++i) {
    lost += bursts.hits(Burst::Kind::lose, 0, 1, random);
    REQUIRE_FALSE(bursts.hits(Burst::Kind::duplicate, 0, 1, random));
    REQUIRE_FALSE(bursts.hits(Burst::Kind::lose, 1, 0, random));
    REQUIRE_FALSE(bursts.hits(Burst::Kind::lose, 0, 2, random));
  }
  CHECK(std::abs(lost - 5000) < 260);
}

TEST_CASE("what no rule touches draws nothing") {
  Bursts bursts(five);
  Random random(1);
  bursts.add(burst(Burst::Kind::delay, {1, 2}, 5), {0}, {1});
  CHECK(bursts.late(1, 0, random) == Duration(0));
  CHECK_FALSE(bursts.hits(Burst::Kind::lose, 0, 1, random));
  CHECK(random == Random(1));
  CHECK_FALSE(bursts.delayed());
}

TEST_CASE("delays add up, and each rule is undone alone, once") {
  Bursts bursts(five);
  Random random(1);
  const auto first = bursts.add(burst(Burst::Kind::delay, {1, 1}, 5), {}, {});
  const auto second = bursts.add(burst(Burst::Kind::reorder, {1, 1}, 20), {}, {3});
  CHECK(bursts.late(0, 3, random) == milliseconds(25));
  CHECK(bursts.late(3, 0, random) == milliseconds(5));
  CHECK(bursts.delayed());
  CHECK(bursts.undo(first));
  CHECK_FALSE(bursts.undo(first));
  CHECK(bursts.late(0, 3, random) == milliseconds(20));
  CHECK(bursts.undo(second));
  CHECK(bursts.none());
  bursts.add(burst(Burst::Kind::lose, {1, 1}), {}, {});
  bursts.clear();
  CHECK(bursts.none());
}

}  // namespace
}  // namespace lockstep::sim
