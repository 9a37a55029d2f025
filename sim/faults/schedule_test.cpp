#include "sim/faults/schedule.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

namespace lockstep::sim {
namespace {

Instant at_s(std::int64_t count) { return Instant() + seconds(count); }

Fault heal(Fault::When when, std::int64_t from) {
  Fault fault;
  fault.when = when;
  fault.from = at_s(from);
  fault.action = Heal{};
  return fault;
}
Fault at(std::int64_t when) { return heal(Fault::When::at, when); }
Fault every(std::int64_t first, std::int64_t period, std::int64_t until) {
  Fault fault = heal(Fault::When::every, first);
  fault.until = at_s(until);
  fault.period = seconds(period);
  return fault;
}
Fault random(std::int64_t from, std::int64_t until, std::uint32_t times) {
  Fault fault = heal(Fault::When::random, from);
  fault.until = at_s(until);
  fault.times = times;
  return fault;
}

// The strikes as pairs of seconds and fault.
using Plan = std::vector<std::pair<std::int64_t, std::size_t>>;
std::vector<Strike> strikes_of(const std::vector<Fault>& faults, std::uint64_t seed = 1) {
  Scenario scenario;
  scenario.duration = seconds(10);
  scenario.faults = faults;
  Random stream(seed);
  return lay_out(scenario, stream);
}
Plan plan_of(const std::vector<Fault>& faults) {
  Plan plan;
  for (const Strike& strike : strikes_of(faults))
    plan.emplace_back(strike.at.ns() / 1'000'000'000, strike.fault);
  return plan;
}

TEST_CASE("no faults, no strikes") { CHECK(plan_of({}).empty()); }

TEST_CASE("at: once, in order of time, then of the file") {
  CHECK(plan_of({at(5), at(2), at(5), at(0)}) == Plan{{0, 3}, {2, 1}, {5, 0}, {5, 2}});
}

TEST_CASE("every: from the first instant, a period apart, the end of the window included") {
  CHECK(plan_of({every(1, 3, 7)}) == Plan{{1, 0}, {4, 0}, {7, 0}});
  CHECK(plan_of({every(4, 4, 10)}) == Plan{{4, 0}, {8, 0}});
  CHECK(plan_of({every(2, 3, 4), at(2)}) == Plan{{2, 0}, {2, 1}});
}

TEST_CASE("nothing lies beyond the duration") {
  CHECK(plan_of({every(4, 4, 100)}) == Plan{{4, 0}, {8, 0}});
  CHECK(plan_of({every(12, 4, 100)}).empty());
  CHECK(plan_of({at(10), at(11)}) == Plan{{10, 0}});
  for (const Strike& strike : strikes_of({random(8, 100, 200)})) CHECK(strike.at <= at_s(10));
  CHECK(plan_of({random(11, 100, 5)}).empty());
}

TEST_CASE("random: that many instants, all over the window, none outside it") {
  const auto strikes = strikes_of({random(2, 4, 1000)});
  REQUIRE(strikes.size() == 1000);
  CHECK(std::all_of(strikes.begin(), strikes.end(), [](const Strike& strike) {
    return strike.at >= at_s(2) && strike.at <= at_s(4);
  }));
  const auto early = std::count_if(strikes.begin(), strikes.end(),
                                   [](const Strike& strike) { return strike.at < at_s(3); });
  CHECK(std::abs(early - 500) < 60);
}

TEST_CASE("the same stream gives the same plan, another one another plan, always in order") {
  const std::vector<Fault> faults{random(0, 10, 50), every(1, 1, 10), random(5, 6, 50)};
  const auto same = [](const std::vector<Strike>& a, const std::vector<Strike>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Strike& x, const Strike& y) {
      return x.at == y.at && x.fault == y.fault;
    });
  };
  const auto strikes = strikes_of(faults, 1);
  CHECK(strikes.size() == 110);
  CHECK(same(strikes, strikes_of(faults, 1)));
  CHECK_FALSE(same(strikes, strikes_of(faults, 2)));
  CHECK(std::is_sorted(strikes.begin(), strikes.end(),
                       [](const Strike& a, const Strike& b) { return a.at < b.at; }));
}

}  // namespace
}  // namespace lockstep::sim
