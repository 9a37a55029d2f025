#include "core/bully/score.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <vector>

#include "core/base/check.hpp"
#include "core/base/random.hpp"
#include "core/bully/measures_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::bully;

namespace {

constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t most_nanoseconds = std::numeric_limits<std::int64_t>::max();

// The formula as it is written, in doubles.
double naive(const ScoreConfig& config, NodeId node, const Measures& m) {
  const auto unit = [](double part, double whole) {
    return whole <= 0 ? 0.0 : std::clamp(part / whole, 0.0, 1.0);
  };
  const ScoreWeights& w = config.weights;
  const double cpu = unit(m.cpu_permille, 1000);
  const double memory = unit(m.memory_permille, 1000);
  const auto succession = [](double all, double bad) {
    return (all - std::min(all, bad) + 1) / (all + 2);
  };
  const double reliability = (succession(m.history.beats, m.history.missed) +
                              succession(m.history.terms, m.history.failed)) /
                             2;
  const Hospital& h = m.hospital;
  const double resources =
      (unit(h.beds_free, h.beds_total) + unit(h.doctors_free, h.doctors_total)) / 2;
  const auto over = [&](double used, double limit) { return unit(used - limit, 1000 - limit); };
  return static_cast<double>(node.value()) * w.id + (1 - (cpu + memory) / 2) * w.health +
         unit(m.uptime.seconds(), config.uptime_horizon.seconds()) * w.uptime -
         unit(h.visits, config.visits_bound) * w.load -
         unit(m.latency.seconds(), config.latency_bound.seconds()) * w.latency +
         reliability * w.reliability + resources * w.resources -
         over(m.cpu_permille, config.cpu_limit_permille) * w.cpu_penalty -
         over(m.memory_permille, config.memory_limit_permille) * w.memory_penalty +
         unit(h.critical, config.critical_bound) * w.critical_boost;
}

std::uint32_t any(Random& random, std::uint32_t usual) {
  return static_cast<std::uint32_t>(
      random.below(random.below(8) == 0 ? std::uint64_t{most} + 1 : usual));
}
Duration any_time(Random& random, Duration usual) {
  if (random.below(8) == 0) return Duration(static_cast<std::int64_t>(random.next()));
  return random.between(Duration(0), usual);
}
Measures any_measures(Random& random) {
  return {.cpu_permille = any(random, 1200),
          .memory_permille = any(random, 1200),
          .uptime = any_time(random, seconds(100'000)),
          .latency = any_time(random, milliseconds(150)),
          .history = {any(random, 100), any(random, 100), any(random, 5), any(random, 5)},
          .hospital = {any(random, 150), any(random, 20), any(random, 20), any(random, 9),
                       any(random, 9), any(random, 15)}};
}
ScoreConfig any_config(Random& random) {
  ScoreConfig config;
  ScoreWeights& w = config.weights;
  for (std::uint32_t* weight : {&w.id, &w.health, &w.uptime, &w.load, &w.latency, &w.reliability,
                                &w.resources, &w.cpu_penalty, &w.memory_penalty, &w.critical_boost})
    *weight = static_cast<std::uint32_t>(random.below(random.below(4) == 0 ? 1'000'001 : 1000));
  config.uptime_horizon = random.below(8) == 0
                              ? Duration(most_nanoseconds)
                              : seconds(1 + static_cast<std::int64_t>(random.below(90'000)));
  config.latency_bound = random.below(8) == 0 ? Duration(1) : milliseconds(random.between(1, 200));
  config.visits_bound = 1 + static_cast<std::uint32_t>(random.below(200));
  config.critical_bound = 1 + static_cast<std::uint32_t>(random.below(20));
  config.cpu_limit_permille = static_cast<std::uint32_t>(random.below(1000));
  config.memory_limit_permille = static_cast<std::uint32_t>(random.below(1000));
  REQUIRE(refusal(config).empty());
  return config;
}

std::int64_t points(const Measures& measures) {
  return total(score(fittest(), NodeId(1), measures));
}

}  // namespace

TEST_CASE("a score by hand, factor by factor") {
  const Breakdown expected{.id = 4'000'000,
                           .health = 675 * 500,
                           .uptime = 500 * 300,
                           .load = -200 * 200,
                           .latency = -30 * 100,
                           .reliability = (900 + 500) / 2 * 400,
                           .resources = (500 + 750) / 2 * 250,
                           .cpu_penalty = 0,
                           .memory_penalty = 0,
                           .critical_boost = 200 * 200};
  const Breakdown breakdown = score(ScoreConfig{}, NodeId(4), healthy());
  CHECK(breakdown == expected);
  CHECK(total(breakdown) == 4'920'750);
}

TEST_CASE("a nearly full CPU or memory costs more the fuller it is") {
  Measures measures = healthy();
  const auto penalties = [&](std::uint32_t cpu, std::uint32_t memory) {
    measures.cpu_permille = cpu;
    measures.memory_permille = memory;
    const Breakdown breakdown = score(ScoreConfig{}, NodeId(1), measures);
    return std::pair(breakdown.cpu_penalty, breakdown.memory_penalty);
  };
  CHECK(penalties(900, 900) == std::pair<std::int64_t, std::int64_t>(0, 0));
  CHECK(penalties(901, 950) == std::pair<std::int64_t, std::int64_t>(-10 * 500, -500 * 500));
  CHECK(penalties(1000, 999) == std::pair<std::int64_t, std::int64_t>(-500'000, -990 * 500));
  CHECK(penalties(most, most) == std::pair<std::int64_t, std::int64_t>(-500'000, -500'000));
}

TEST_CASE("no history is worth a half, no beds and no doctors nothing") {
  const Breakdown empty = score(ScoreConfig{}, NodeId(1), Measures{});
  CHECK(empty.reliability == 500 * 400);
  CHECK(empty.resources == 0);
  CHECK(empty.health == 1000 * 500);
}

TEST_CASE("the score is what doubles say, but for the per mille that are rounded") {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const ScoreConfig config = any_config(random);
    const NodeId node(static_cast<std::uint32_t>(random.below(1000)));
    const Measures measures = any_measures(random);
    const ScoreWeights& w = config.weights;
    // Each factor is less than 2 per mille off: two roundings in a mean, one elsewhere.
    const double bound =
        2e-3 * (double{1} + w.health + w.uptime + w.load + w.latency + w.reliability + w.resources +
                w.cpu_penalty + w.memory_penalty + w.critical_boost);
    const double exact = naive(config, node, measures);
    const double ours = static_cast<double>(total(score(config, node, measures))) / 1000;
    REQUIRE((ours - exact <= bound && exact - ours <= bound));
  }
}

TEST_CASE("every part stays within its weight at any input") {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    Random random(seed);
    const ScoreConfig config = any_config(random);
    const NodeId node(any(random, 10));
    REQUIRE(possible(config, node, score(config, node, any_measures(random))));
  }
}

TEST_CASE("nothing overflows at the extremes") {
  ScoreConfig config;
  ScoreWeights& w = config.weights;
  w = {largest_score_weight, largest_score_weight, largest_score_weight, largest_score_weight,
       largest_score_weight, largest_score_weight, largest_score_weight, largest_score_weight,
       largest_score_weight, largest_score_weight};
  config.uptime_horizon = config.latency_bound = Duration(most_nanoseconds);
  config.visits_bound = config.critical_bound = most;
  const Measures full{most,
                      most,
                      Duration(most_nanoseconds),
                      Duration(most_nanoseconds),
                      {most, 0, most, 0},
                      {most, most, most, most, most, most}};
  const Breakdown high = score(config, NodeId(most), full);
  CHECK(high.id == 4'294'967'295'000'000'000);
  CHECK(high.health == 0);
  CHECK(high.uptime == 1'000'000'000);
  CHECK(high.load == -1'000'000'000);
  CHECK(high.latency == -1'000'000'000);
  CHECK(high.reliability == 999 * 1'000'000);
  CHECK(high.resources == 1'000'000'000);
  CHECK(high.cpu_penalty == -1'000'000'000);
  CHECK(high.memory_penalty == -1'000'000'000);
  CHECK(high.critical_boost == 1'000'000'000);
  CHECK(total(high) == 4'294'967'295'000'000'000 - 1'000'000);
  const Measures low{0,
                     0,
                     Duration(std::numeric_limits<std::int64_t>::min()),
                     Duration(std::numeric_limits<std::int64_t>::min()),
                     {most, most, most, most},
                     {}};
  const Breakdown least = score(config, NodeId(0), low);
  CHECK(least == Breakdown{.health = 1'000'000'000});
}

TEST_CASE("what is worse never raises a score, and what is better never lowers it") {
  using Change = std::function<void(Measures&, std::uint32_t)>;
  const std::vector<Change> worse{
      [](Measures& m, std::uint32_t by) { m.cpu_permille += by; },
      [](Measures& m, std::uint32_t by) { m.memory_permille += by; },
      [](Measures& m, std::uint32_t by) { m.latency = m.latency + milliseconds(by); },
      [](Measures& m, std::uint32_t by) { m.history.missed += by; },
      [](Measures& m, std::uint32_t by) { m.history.failed += by; },
      [](Measures& m, std::uint32_t by) { m.hospital.visits += by; },
      // Beds that are all taken: no room has none, for that would say that its beds are not known.
      [](Measures& m, std::uint32_t by) {
        if (m.hospital.beds_total > 0) m.hospital.beds_total += by;
      },
  };
  const std::vector<Change> better{
      [](Measures& m, std::uint32_t by) { m.uptime = m.uptime + seconds(by); },
      [](Measures& m, std::uint32_t by) { m.history.beats += by; },
      [](Measures& m, std::uint32_t by) { m.history.terms += by; },
      [](Measures& m, std::uint32_t by) { m.hospital.beds_free += by; },
      [](Measures& m, std::uint32_t by) { m.hospital.doctors_free += by; },
      [](Measures& m, std::uint32_t by) { m.hospital.critical += by; },
  };
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Measures measures = any_measures(random);
    // Away from the ends of their types, so that adding to them is adding.
    Measures::fields(measures, [&](std::string_view, auto& field) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, std::uint32_t>)
        field %= 1200;
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, Duration>)
        field = Duration(field.ns() / 1000);
    });
    const auto shrink = [](std::string_view, std::uint32_t& field) { field %= 200; };
    History::fields(measures.history, shrink);
    Hospital::fields(measures.hospital, shrink);
    measures.history.beats += measures.history.missed;
    measures.history.terms += measures.history.failed;
    const auto by = static_cast<std::uint32_t>(1 + random.below(50));
    for (const Change& change : worse) {
      Measures after = measures;
      change(after, by);
      REQUIRE(points(after) <= points(measures));
    }
    for (const Change& change : better) {
      Measures after = measures;
      change(after, by);
      REQUIRE(points(after) >= points(measures));
    }
  }
}

TEST_CASE("with the field notes' weights the id dominates, unless it is lowered") {
  Measures best = healthy();
  best.cpu_permille = best.memory_permille = 0;
  Measures worst = healthy();
  worst.cpu_permille = worst.memory_permille = 1000;
  const auto fitness = [](const ScoreConfig& config, std::uint32_t node, const Measures& measures) {
    return Fitness{total(score(config, NodeId(node), measures)), NodeId(node)};
  };
  CHECK(fitness(ScoreConfig{}, 1, best) < fitness(ScoreConfig{}, 4, worst));
  CHECK(fitness(fittest(), 4, worst) < fitness(fittest(), 1, best));
  CHECK(fitness(fittest(), 1, best) < fitness(fittest(), 2, best));
  CHECK(fitness(fittest(), 3, best).score == fitness(fittest(), 2, best).score);
}

TEST_CASE("what is wrong with a configuration is said") {
  CHECK(refusal(ScoreConfig{}).empty());
  CHECK(refusal(fittest()).empty());
  using Weights = ScoreWeights;
  for (std::uint32_t Weights::*weight :
       {&Weights::id, &Weights::health, &Weights::uptime, &Weights::load, &Weights::latency,
        &Weights::reliability, &Weights::resources, &Weights::cpu_penalty, &Weights::memory_penalty,
        &Weights::critical_boost}) {
    ScoreConfig config;
    config.weights.*weight = 1'000'001;
    CHECK(refusal(config).starts_with("a weight"));
  }
  CHECK(refusal({.weights = {.id = 1'000'000}}).empty());
  CHECK(refusal({.uptime_horizon = Duration(0)}).starts_with("uptime_horizon"));
  CHECK(refusal({.latency_bound = Duration(0)}).starts_with("latency_bound"));
  CHECK(refusal({.visits_bound = 0}).starts_with("visits_bound"));
  CHECK(refusal({.critical_bound = 0}).starts_with("critical_bound"));
  CHECK(refusal({.cpu_limit_permille = 1000}).starts_with("cpu_limit"));
  CHECK(refusal({.memory_limit_permille = 1000}).starts_with("memory_limit"));
  CHECK_THROWS_AS((void)score({.visits_bound = 0}, NodeId(1), {}), CheckFailed);
}
