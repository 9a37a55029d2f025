#include "sim/predict/rehearsal.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace lockstep;
using namespace lockstep::sim;

namespace {

constexpr Duration wan = seconds(5);

// Of an ailment, beat by beat, and when it crashed.
std::pair<std::vector<predict::Beat>, Duration> symptoms(Ailment ailment, std::uint64_t seed) {
  BeatSource source(wan, seed);
  for (int i = 0; i < 20; ++i) (void)source.next();
  source.fall_ill(ailment);
  std::vector<predict::Beat> beats;
  Instant last;
  while (const auto heard = source.next()) {
    beats.push_back(heard->beat);
    last = heard->at - heard->beat.latency;
  }
  return {beats, *source.crash() - last};
}

}  // namespace

TEST_CASE("healthy beats look as described") {
  BeatSource source(wan, 1);
  int spikes = 0;
  std::uint32_t missed = 0;
  Instant before;
  for (int i = 0; i < 20'000; ++i) {
    const auto heard = source.next();
    REQUIRE(heard);
    CHECK(heard->at >= before);
    before = heard->at;
    spikes += heard->beat.latency > milliseconds(80);
    missed += heard->beat.missed;
    CHECK(heard->beat.cpu_permille >= 200);
    CHECK(heard->beat.cpu_permille <= 500);
    CHECK(heard->beat.memory_permille >= 250);
    CHECK(heard->beat.memory_permille <= 650);
  }
  CHECK(spikes > 50);
  CHECK(spikes < 150);
  CHECK(missed > 150);
  CHECK(missed < 250);
  CHECK(before.since_start() > wan * 20'000);
  CHECK_FALSE(source.crash());
}

TEST_CASE("an ailment shows its named values and then crashes within two beats") {
  int whole = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto [beats, rest] = symptoms(Ailment::cpu_spiral, seed);
    CHECK(rest > Duration(0));
    if (beats.size() < 4 || beats.size() > 5) continue;  // one got lost
    ++whole;
    const std::uint32_t named[] = {600, 700, 850, 950, 950};
    for (std::size_t i = 0; i < beats.size(); ++i) {
      CHECK(beats[i].cpu_permille >= named[i] - 20);
      CHECK(beats[i].cpu_permille <= named[i] + 20);
    }
  }
  CHECK(whole > 40);
  const auto [leaking, rest] = symptoms(Ailment::memory_leak, 1);
  CHECK(leaking.back().memory_permille > 940);
  CHECK(leaking.back().memory_permille < 990);
  CHECK(leaking.size() > 15);
}

TEST_CASE("every ailment is foreseen in at least 95 of 100 rehearsals") {
  for (std::size_t kind = 0; kind < enumerator_count(Ailment{}); ++kind) {
    const auto ailment = static_cast<Ailment>(kind);
    for (const Duration interval : {wan, milliseconds(500)}) {
      int foreseen = 0;
      for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const Rehearsal rehearsal = rehearse({}, ailment, interval, seed);
        if (!rehearsal.lead) continue;
        ++foreseen;
        CHECK(*rehearsal.lead > Duration(0));
        CHECK(*rehearsal.lead <= rehearsal.illness);
      }
      CHECK_MESSAGE(foreseen >= 57, std::string(name_of(ailment)) << ": " << foreseen);
    }
  }
}

TEST_CASE("a healthy node is suspected less than once in ten hours") {
  const QuietWatch watch = watch_healthy({}, seconds(3600) * 30, wan, 1);
  CHECK(watch.beats > 21'000);
  CHECK_MESSAGE(watch.alarms <= 3, watch.alarms);
}

TEST_CASE("a predictor that looks at nothing foresees nothing: the rehearsal can fail") {
  predict::Config blind;
  blind.anomaly_weight_permille = 0;
  blind.latency_calm = blind.jitter_calm = seconds(3000);
  blind.latency_limit = blind.jitter_limit = seconds(3600);
  blind.memory_calm_permille = blind.cpu_calm_permille = 998;
  blind.memory_limit_permille = blind.cpu_limit_permille = 1000;
  blind.missed_limit = 1000;
  for (const Ailment ailment : {Ailment::rising_latency, Ailment::growing_jitter})
    CHECK_FALSE(rehearse(blind, ailment, wan, 1).lead);
}

TEST_CASE("a predictor that alarms at everything is told as such") {
  predict::Config nervous;
  nervous.alarm_permille = nervous.anomaly_weight_permille = 0;
  nervous.latency_calm = Duration(0);
  const QuietWatch watch = watch_healthy(nervous, seconds(36'000), wan, 1);
  CHECK(watch.alarms > 0);
  CHECK(watch.alarmed_beats > watch.beats - 100);
}
