#include "core/predict/predictor.hpp"

#include <doctest/doctest.h>

#include "core/base/check.hpp"

using namespace lockstep;
using namespace lockstep::predict;

namespace {

Beat calm(Random& random) {
  return {.latency = random.between(milliseconds(15), milliseconds(25)),
          .jitter = random.between(milliseconds(1), milliseconds(3)),
          .cpu_permille = static_cast<std::uint32_t>(random.between(280, 320)),
          .memory_permille = static_cast<std::uint32_t>(random.between(395, 405)),
          .missed = 0};
}

// A predictor that has heard calm beats every five seconds.
struct Heard {
  explicit Heard(int beats, Config config = {}) : predictor(config, 1) {
    for (int i = 0; i < beats; ++i) hear(calm(random));
  }
  const Assessment& hear(const Beat& beat) {
    now = now + seconds(5);
    predictor.observe(now + beat.latency, beat);
    return predictor.assessment();
  }
  const Assessment& hear_latency(Duration latency) {
    Beat beat = calm(random);
    beat.latency = latency;
    return hear(beat);
  }
  Random random{3};
  Instant now;
  FailurePredictor predictor;
};

// All attributes alike in every calm beat, so that assessments are exact.
const Beat steady{.latency = milliseconds(20),
                  .jitter = milliseconds(2),
                  .cpu_permille = 300,
                  .memory_permille = 400,
                  .missed = 0};

}  // namespace

TEST_CASE("octaves: 1024 units for each doubling above a microsecond") {
  CHECK(octaves(Duration(-5)) == 0);
  CHECK(octaves(microseconds(1)) == 0);
  CHECK(octaves(microseconds(2)) == 1024);
  CHECK(octaves(microseconds(1024)) == 10 * 1024);
  CHECK(octaves(milliseconds(100)) - octaves(milliseconds(50)) == 1024);
}

TEST_CASE("calm beats are nothing to assess, and the first training waits for its beats") {
  Heard heard(0);
  CHECK(heard.predictor.assessment() == Assessment{});
  for (int i = 0; i < 49; ++i) CHECK(heard.hear(steady) == Assessment{});
  CHECK(heard.predictor.forest().empty());
  CHECK(heard.hear(steady) == Assessment{});
  CHECK(heard.predictor.forest().trees() == 100);
  CHECK(heard.predictor.size() == 50);
  for (int i = 0; i < 300; ++i) CHECK(heard.hear(steady) == Assessment{});
  CHECK(heard.predictor.size() == 256);
}

TEST_CASE("a forest is grown anew with every fiftieth beat, from the latest window") {
  Heard heard(256);
  const IsolationForest before = heard.predictor.forest();  // of beats 1 to 250
  for (int i = 0; i < 43; ++i) heard.hear(calm(heard.random));
  CHECK(heard.predictor.forest() == before);
  heard.hear(calm(heard.random));
  CHECK_FALSE(heard.predictor.forest() == before);
}

TEST_CASE("latency that doubles is an alarm before it has reached its limit") {
  Heard heard(100);
  CHECK(heard.hear_latency(milliseconds(50)).trend == 0);
  CHECK(heard.hear_latency(milliseconds(100)).trend == 0);
  const Assessment third = heard.hear_latency(milliseconds(200));
  CHECK(third.trend > 700);
  CHECK(third.rising == Vital::latency);
  CHECK(third.limits == 0);
  CHECK(third.probability >= third.trend);
  CHECK(heard.predictor.alarmed());
}

TEST_CASE("a trend is the median slope drawn ahead from what three of the latest four reach") {
  for (const Duration horizon : {seconds(30), seconds(20)}) {
    Config config;
    config.horizon = horizon;
    Heard heard(0, config);
    for (int i = 0; i < 50; ++i) heard.hear(steady);
    Beat beat = steady;
    for (std::uint32_t cpu : {400u, 500u, 600u}) {
      CHECK(heard.predictor.assessment().trend == 0);
      beat.cpu_permille = cpu;
      if (cpu == 600) beat.latency = seconds(4);  // what counts is when it was sent
      heard.hear(beat);
    }
    // 300 300 300 400 500 600: the middle one of 15 slopes is 200 in 15 s. The six beats are 25 s
    // long: from 400 up to 733, of the way from 700 to 950 0.132. In 20 s it comes to 666.
    CHECK(heard.predictor.assessment().trend == (horizon == seconds(30) ? 132 : 0));
    // A fall back to calm ends it, as soon as two of the latest four are calm.
    heard.hear(steady);
    CHECK(heard.hear(steady).trend == 0);
  }
}

TEST_CASE("jitter rises from what is usual, however far below a beat was") {
  Heard heard(0);
  for (int i = 0; i < 50; ++i) heard.hear(steady);
  Beat beat = steady;
  for (Duration jitter : {microseconds(20), milliseconds(5)}) {
    beat.jitter = jitter;
    for (int i = 0; i < 3; ++i) heard.hear(beat);
  }
  // From 2 ms on it comes to 16 ms, which is calm; from 20 us on it would come to 5 s.
  CHECK(heard.predictor.assessment().trend == 0);
}

TEST_CASE("a fall is not drawn ahead: what is high counts as high as it is") {
  Heard heard(0);
  for (int i = 0; i < 50; ++i) heard.hear(steady);
  Beat beat = steady;
  for (std::uint32_t cpu : {900u, 890u, 880u, 870u, 860u, 850u}) {
    beat.cpu_permille = cpu;
    heard.hear(beat);
  }
  CHECK(heard.predictor.assessment().trend == 640);  // 860 between 700 and 950
}

TEST_CASE("each judge is believed: the parts combine as independent reasons do") {
  Heard heard(100);
  Beat beat = calm(heard.random);
  for (std::uint32_t cpu : {420u, 520u, 620u}) {
    beat.cpu_permille = cpu;
    if (cpu == 620) {  // odd in everything, and harmful in nothing else
      beat.latency = milliseconds(90);
      beat.jitter = milliseconds(15);
      beat.memory_permille = 600;
      beat.missed = 1;
    }
    heard.hear(beat);
  }
  const Assessment& seen = heard.predictor.assessment();
  CHECK(seen.trend > 0);
  CHECK(seen.trend < 1000);
  CHECK(seen.anomaly > 0);
  CHECK(seen.probability == 1000 - (1000 - seen.trend) * (1000 - seen.anomaly) / 1000);
}

TEST_CASE("more than everything counts as everything") {
  Heard told(0), meant(0);
  Beat beat = steady;
  beat.cpu_permille = beat.memory_permille = 4'000'000'000;
  told.hear(beat);
  beat.cpu_permille = beat.memory_permille = 1000;
  meant.hear(beat);
  CHECK(told.predictor == meant.predictor);
}

TEST_CASE("what is usual is no trend, however high") {
  Heard heard(0);
  Beat busy = steady;
  busy.cpu_permille = 690;  // below calm, and as usual
  for (int i = 0; i < 60; ++i) CHECK(heard.hear(busy) == Assessment{});
  busy.cpu_permille = 720;
  heard.hear(busy);
  heard.hear(busy);
  CHECK(heard.predictor.assessment().trend == 0);
  CHECK(heard.hear(busy).trend > 0);  // three of four above what is usual
}

TEST_CASE("one beat alone is no alarm, whatever it says") {
  for (std::int64_t latency : {60, 600, 60'000}) {
    for (std::uint32_t permille : {700u, 1000u, 4'000'000'000u}) {
      Heard heard(100);
      heard.hear({.latency = milliseconds(latency),
                  .jitter = milliseconds(latency),
                  .cpu_permille = permille,
                  .memory_permille = permille,
                  .missed = 2});
      CHECK(heard.predictor.assessment().trend == 0);
      CHECK(heard.predictor.assessment().anomaly > 0);
      CHECK(heard.predictor.assessment().anomaly <= 500);
      CHECK_FALSE(heard.predictor.alarmed());
      for (int i = 0; i < 10; ++i) {
        heard.hear(calm(heard.random));
        CHECK_FALSE(heard.predictor.alarmed());
      }
    }
  }
}

TEST_CASE("limits: three of the latest four beats, from the first beats on") {
  for (int vital = 0; vital < 4; ++vital) {
    Heard heard(0);
    Beat beat = steady;
    if (vital == 0) beat.latency = milliseconds(500);
    if (vital == 1) beat.jitter = milliseconds(100);
    if (vital == 2) beat.cpu_permille = 950;
    if (vital == 3) beat.memory_permille = 950;
    CHECK(heard.hear(beat).limits == 0);
    CHECK(heard.hear(steady).limits == 0);
    CHECK(heard.hear(beat).limits == 0);
    CHECK(heard.hear(beat).limits == 1000);
    CHECK(heard.predictor.assessment().probability == 1000);
    CHECK(heard.hear(steady).limits == 0);
  }
  Heard below(0);
  Beat beat = steady;
  beat.cpu_permille = beat.memory_permille = 949;
  for (int i = 0; i < 10; ++i) CHECK(below.hear(beat).limits == 0);
}

TEST_CASE("three missed beats within the latest three are a limit") {
  Heard heard(10);
  Beat beat = steady;
  beat.missed = 2;
  CHECK(heard.hear(beat).limits == 0);
  CHECK(heard.hear(steady).limits == 0);
  beat.missed = 1;
  CHECK(heard.hear(beat).limits == 1000);
  CHECK(heard.hear(steady).limits == 0);
  beat.missed = 3;
  CHECK(heard.hear(beat).limits == 1000);
}

TEST_CASE("beats that come at one instant, or whose times are nonsense, harm nothing") {
  Heard heard(60);
  Beat beat = steady;
  for (int i = 0; i < 20; ++i) {
    beat.latency = i % 2 == 0 ? Duration(INT64_MIN) : Duration(INT64_MAX);
    beat.jitter = i % 3 == 0 ? Duration(INT64_MAX) : Duration(-1);
    heard.predictor.observe(heard.now, beat);
    CHECK(heard.predictor.assessment().probability <= 1000);
  }
}

TEST_CASE("a predictor is a value: a copy that hears the same assesses the same") {
  Heard heard(120);
  Heard copy = heard;
  CHECK(copy.predictor == heard.predictor);
  for (int i = 0; i < 200; ++i) {
    const Assessment mine = heard.hear(calm(heard.random));
    CHECK(copy.hear(calm(copy.random)) == mine);
  }
  CHECK(copy.predictor == heard.predictor);
  heard.hear(steady);
  CHECK_FALSE(copy.predictor == heard.predictor);
}

TEST_CASE("configurations that cannot work are refused with a reason") {
  CHECK(refusal({}).empty());
  const auto refused = [](auto change) {
    Config config;
    change(config);
    const bool is = !refusal(config).empty();
    if (is) CHECK_THROWS_AS(FailurePredictor(config, 1), CheckFailed);
    return is;
  };
  CHECK(refused([](Config& c) { c.window = 15; }));
  CHECK(refused([](Config& c) { c.window = 4097; }));
  CHECK(refused([](Config& c) { c.retrain_every = 5; }));
  CHECK(refused([](Config& c) { c.retrain_every = 257; }));
  CHECK(refused([](Config& c) { c.forest.trees = 0; }));
  CHECK(refused([](Config& c) { c.forest.trees = 1001; }));
  CHECK(refused([](Config& c) { c.forest.sample = 1; }));
  CHECK(refused([](Config& c) { c.forest.sample = 4097; }));
  CHECK(refused([](Config& c) { c.trend_beats = 3; }));
  CHECK(refused([](Config& c) { c.trend_beats = 33; }));
  CHECK(refused([](Config& c) { c.horizon = Duration(0); }));
  CHECK(refused([](Config& c) { c.horizon = seconds(3601); }));
  CHECK(refused([](Config& c) { c.latency_calm = Duration(-1); }));
  CHECK(refused([](Config& c) { c.latency_limit = c.latency_calm; }));
  CHECK(refused([](Config& c) { c.latency_limit = seconds(3601); }));
  CHECK(refused([](Config& c) { c.jitter_calm = Duration(-1); }));
  CHECK(refused([](Config& c) { c.jitter_limit = c.jitter_calm; }));
  CHECK(refused([](Config& c) { c.jitter_limit = seconds(3601); }));
  CHECK(refused([](Config& c) { c.cpu_limit_permille = c.cpu_calm_permille; }));
  CHECK(refused([](Config& c) { c.cpu_limit_permille = 1001; }));
  CHECK(refused([](Config& c) { c.memory_limit_permille = c.memory_calm_permille; }));
  CHECK(refused([](Config& c) { c.memory_limit_permille = 1001; }));
  CHECK(refused([](Config& c) { c.missed_limit = 0; }));
  CHECK(refused([](Config& c) { c.anomaly_from_permille = c.anomaly_full_permille; }));
  CHECK(refused([](Config& c) { c.anomaly_full_permille = 1001; }));
  CHECK(refused([](Config& c) { c.anomaly_weight_permille = 701; }));
  CHECK(refused([](Config& c) { c.alarm_permille = 1000; }));
  CHECK_FALSE(refused([](Config& c) { c.retrain_every = 256; }));
}
