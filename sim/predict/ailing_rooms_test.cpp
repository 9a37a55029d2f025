#include "sim/predict/ailing_rooms.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <variant>
#include <vector>

#include "sim/fabric/fabric.hpp"
#include "sim/protocols/registry.hpp"

using namespace lockstep;
using namespace lockstep::sim;

namespace {

std::vector<Burst> delays(const Scenario& scenario) {
  std::vector<Burst> found;
  for (const Fault& fault : scenario.faults)
    if (const auto* burst = std::get_if<Burst>(&fault.action)) found.push_back(*burst);
  return found;
}
std::vector<Duration> delays_from_patient(Ailment ailment, std::uint64_t seed) {
  std::vector<Duration> by;
  for (const Burst& burst : delays(ailing_rooms(ailment, {}, seed).scenario))
    if (!burst.from.empty()) by.push_back(burst.by.low);
  return by;
}
Outcome run(const Scenario& scenario) {
  const auto fabric = make_loop_fabric(scenario);
  return runner_of(scenario.protocol)(scenario, *fabric, {});
}

}  // namespace

TEST_CASE(
    "n4 falls ill after some healthy beats, and crashes within two beats of its last symptom") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    for (std::size_t kind = 0; kind < enumerator_count(Ailment{}); ++kind) {
      const auto ailment = static_cast<Ailment>(kind);
      const auto [scenario, onset, crash] = ailing_rooms(ailment, {}, seed);
      CHECK(onset.since_start() > seconds(5) * 60);
      CHECK(onset.since_start() <= seconds(5) * 420);  // the source loses some beats
      const Fault& last = scenario.faults.back();
      CHECK(std::holds_alternative<Crash>(last.action));
      CHECK(last.from == crash);
      CHECK(scenario.duration == crash.since_start());
      if (ailment != Ailment::memory_leak) {
        CHECK(crash - onset > seconds(5));
        CHECK(crash - onset <= seconds(5) * 6);
      }
    }
  }
}

TEST_CASE("symptoms show where they are: on the links both ways, on those from n4, on n4") {
  const auto late = delays(ailing_rooms(Ailment::rising_latency, {}, 3).scenario);
  const auto from =
      std::count_if(late.begin(), late.end(), [](const Burst& b) { return b.to.empty(); });
  CHECK(from > 0);
  CHECK(late.size() == static_cast<std::size_t>(2 * from));
  CHECK(delays(ailing_rooms(Ailment::cpu_spiral, {}, 3).scenario).empty());
  CHECK(delays(ailing_rooms(Ailment::memory_leak, {}, 3).scenario).empty());
}

TEST_CASE("latency rises, and jitter moves beats by more and more, never ahead of the network") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto latency = delays_from_patient(Ailment::rising_latency, seed);
    REQUIRE(latency.size() >= 2);
    CHECK(latency.back() > latency.front());
    for (const Duration by : delays_from_patient(Ailment::growing_jitter, seed))
      CHECK(by >= Duration(0));
  }
}

TEST_CASE("a scenario is its seed's") {
  const auto one = ailing_rooms(Ailment::cpu_spiral, {}, 5),
             same = ailing_rooms(Ailment::cpu_spiral, {}, 5),
             other = ailing_rooms(Ailment::cpu_spiral, {}, 6);
  CHECK(one.crash == same.crash);
  CHECK(one.scenario.faults.size() == same.scenario.faults.size());
  CHECK(one.crash != other.crash);
}

TEST_CASE("healthy rooms only measure themselves, and their coordinator stays") {
  const Scenario scenario = healthy_rooms(seconds(1200), {RoomsProfile::lan}, 1);
  CHECK(scenario.faults.size() > 4 * 2300);
  Instant before;
  for (const Fault& fault : scenario.faults) {
    CHECK(before <= fault.from);
    before = fault.from;
    const auto& found = std::get<Measure>(fault.action);
    CHECK(found.cpu.numerator <= 500);
  }
  const Outcome outcome = run(scenario);
  CHECK(outcome.verdict == RunVerdict::pass);
  CHECK(outcome.figure("asked_hand_overs") == 0);
  CHECK(outcome.figure("last_coordinator") == 4);
}

TEST_CASE("whoever leads when n4 crashes is another") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const AilingRooms ailing = ailing_rooms(Ailment::cpu_spiral, {}, seed);
    const Outcome outcome = run(ailing.scenario);
    CHECK(outcome.verdict == RunVerdict::pass);
    CHECK(outcome.figure("asked_hand_overs") == 1);
    CHECK(outcome.figure("last_coordinator") != 4);
    const double since_ms = outcome.figure("last_coordinator_ms");
    CHECK(since_ms > ailing.onset.since_start().milliseconds());
    CHECK(since_ms < ailing.crash.since_start().milliseconds());
  }
}
