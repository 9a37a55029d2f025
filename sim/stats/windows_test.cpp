#include "sim/stats/windows.hpp"

#include <doctest/doctest.h>

#include "core/base/check.hpp"
#include "core/base/random.hpp"

using namespace lockstep;
using namespace lockstep::sim;

namespace {

Instant at(Duration since_start) { return Instant(since_start.ns()); }

}  // namespace

TEST_CASE("a window holds its first instant and not its end; empty ones in between are there") {
  const auto windows = in_windows(
      {{at(milliseconds(3999)), 1}, {at(milliseconds(1000)), 2}, {at(milliseconds(1999)), 3}},
      seconds(1));
  REQUIRE(windows.size() == 3);
  CHECK(windows[0].from == at(seconds(1)));
  CHECK(windows[0].values == std::vector<double>{2, 3});
  CHECK(windows[1].from == at(seconds(2)));
  CHECK(windows[1].values.empty());
  CHECK(windows[2].values == std::vector<double>{1});
}

TEST_CASE("no readings are no windows") { CHECK(in_windows({}, seconds(1)).empty()); }

TEST_CASE("a window of no length, and a reading from before the start, are bugs") {
  CHECK_THROWS_AS((void)in_windows({{at(seconds(1)), 1}}, Duration()), CheckFailed);
  CHECK_THROWS_AS((void)in_windows({{Instant(-1), 1}}, seconds(1)), CheckFailed);
}

TEST_CASE("every reading is in the one window that its instant lies in") {
  Random random(60);
  for (int round = 0; round < 200; ++round) {
    std::vector<Reading> readings(1 + random.below(40));
    for (std::size_t i = 0; i < readings.size(); ++i)
      readings[i] = {Instant(random.between(0, 1000)), static_cast<double>(i)};
    const Duration length(random.between(1, 300));
    const auto windows = in_windows(readings, length);
    std::size_t held = 0;
    for (std::size_t w = 0; w < windows.size(); ++w) {
      CHECK(windows[w].from == windows[0].from + length * static_cast<std::int64_t>(w));
      CHECK(windows[w].from.ns() % length.ns() == 0);
      for (const double value : windows[w].values) {
        const Instant instant = readings[static_cast<std::size_t>(value)].at;
        CHECK(windows[w].from <= instant);
        CHECK(instant < windows[w].from + length);
        ++held;
      }
    }
    CHECK(held == readings.size());
    CHECK(!windows.front().values.empty());
    CHECK(!windows.back().values.empty());
  }
}
