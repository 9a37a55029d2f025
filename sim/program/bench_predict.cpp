#include "sim/program/bench_predict.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/predict/predictor.hpp"
#include "sim/predict/rehearsal.hpp"
#include "sim/program/bench_heartbeat.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/terminal.hpp"
#include "sim/stats/quantiles.hpp"

namespace lockstep::sim {
namespace {

constexpr double wanted_foreseen = 0.95, wanted_false_alarms = 1, wanted_train_ms = 5,
                 wanted_observe_us = 20;

struct PredictBenchFlags {
  bool json = false;
  std::uint64_t seeds = 1000;
  std::uint64_t hours = 1000;
};

struct Profile {
  const char* name;
  Duration interval;
};
constexpr Profile profiles[] = {{"wan", seconds(5)}, {"lan", milliseconds(500)}};

struct Foresight {
  Ailment ailment{};
  std::uint64_t foreseen = 0;
  std::vector<double> leads;  // seconds, sorted, at most `longest_lead`
};

struct ProfileResult {
  Profile profile{};
  std::vector<Foresight> foresights;
  std::uint64_t hours = 0;  // at least
  QuietWatch healthy;
  [[nodiscard]] double false_alarms() const {  // in ten hours
    return static_cast<double>(healthy.alarms) * 10 / static_cast<double>(hours);
  }
};

struct Cost {
  double train_ms = 0, train_window_ms = 0;  // as configured; samples of all 256 beats
  double observe_us = 0, observe_with_training_us = 0;
  HeartbeatCost step;
};

Foresight foresee(Ailment ailment, Duration interval, std::uint64_t seeds) {
  Foresight sum{.ailment = ailment, .foreseen = 0, .leads = {}};
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Rehearsal rehearsal = rehearse({}, ailment, interval, seed);
    if (!rehearsal.lead) continue;
    ++sum.foreseen;
    sum.leads.push_back(std::min(*rehearsal.lead, longest_lead).seconds());
  }
  std::sort(sum.leads.begin(), sum.leads.end());
  return sum;
}

// Many nodes for ten hours each: as many ways of being healthy.
QuietWatch watch_many(Duration interval, std::uint64_t hours) {
  constexpr std::uint64_t at_a_time = 10;
  QuietWatch sum;
  for (std::uint64_t done = 0; done < hours; done += at_a_time) {
    const auto watched =
        seconds(3600) * static_cast<std::int64_t>(std::min(at_a_time, hours - done));
    const QuietWatch watch = watch_healthy({}, watched, interval, 1 + done / at_a_time);
    sum.beats += watch.beats;
    sum.alarms += watch.alarms;
    sum.alarmed_beats += watch.alarmed_beats;
  }
  return sum;
}

// The beats are made before the clock starts. Without training: the first forest is kept.
double observe_us(bool training) {
  constexpr int warm_up = 4096, beats = 20'000;
  predict::Config config;
  if (!training) config.window = config.retrain_every = warm_up;
  predict::FailurePredictor predictor(config, 1);
  BeatSource source(seconds(5), 1);
  for (int i = 0; i < warm_up; ++i) {
    const auto heard = source.next();
    predictor.observe(heard->at, heard->beat);
  }
  std::vector<TimedBeat> made;
  const int measured = training ? beats : warm_up - 1;
  for (int i = 0; i < measured; ++i) made.push_back(*source.next());
  const double start = cpu_seconds();
  for (const TimedBeat& heard : made) predictor.observe(heard.at, heard.beat);
  return (cpu_seconds() - start) * 1e6 / measured;
}

double train_ms(std::uint32_t sample) {
  constexpr int forests = 100;
  Random random(1);
  std::vector<std::int64_t> rows;
  BeatSource source(seconds(5), 1);
  for (int i = 0; i < 256; ++i) {
    const predict::Beat beat = source.next()->beat;
    rows.insert(rows.end(), {predict::octaves(beat.latency), predict::octaves(beat.jitter),
                             beat.cpu_permille, beat.memory_permille, beat.missed});
  }
  predict::ForestShape shape = predict::Config{}.forest;
  shape.sample = sample;
  predict::IsolationForest forest;
  const double start = cpu_seconds();
  for (int i = 0; i < forests; ++i)
    forest = predict::IsolationForest({rows, predict::vitals}, shape, random);
  return (cpu_seconds() - start) * 1e3 / forests;
}

template <class Measure>
double middle_of_five(Measure measure) {
  std::vector<double> values;
  for (int i = 0; i < 5; ++i) values.push_back(measure());
  std::sort(values.begin(), values.end());
  return values[2];
}

Cost measure_cost() {
  return {.train_ms = middle_of_five([] { return train_ms(predict::Config{}.forest.sample); }),
          .train_window_ms = middle_of_five([] { return train_ms(256); }),
          .observe_us = middle_of_five([] { return observe_us(false); }),
          .observe_with_training_us = middle_of_five([] { return observe_us(true); }),
          .step = measure_heartbeats(100'000)};
}

nlohmann::ordered_json json_of(const ProfileResult& result, std::uint64_t seeds) {
  auto list = nlohmann::ordered_json::array();
  for (const Foresight& one : result.foresights) {
    nlohmann::ordered_json lead;
    for (const auto& [name, q] : {std::pair{"p1", 0.01}, {"p10", 0.1}, {"p50", 0.5}, {"p90", 0.9}})
      lead[name] = one.leads.empty() ? 0 : quantile_of_sorted(one.leads, q);
    list.push_back({{"ailment", name_of(one.ailment)},
                    {"seeds", seeds},
                    {"foreseen", one.foreseen},
                    {"lead_s", lead}});
  }
  return {{"ailments", list},
          {"healthy",
           {{"hours", result.hours},
            {"beats", result.healthy.beats},
            {"false_alarms", result.healthy.alarms},
            {"false_alarms_per_10_h", result.false_alarms()}}}};
}

void print(const ProfileResult& result, std::uint64_t seeds) {
  fmt::print("{}: a heartbeat every {}\n", result.profile.name, to_text(result.profile.interval));
  for (const Foresight& one : result.foresights) {
    const auto lead = [&one](double q) {
      return one.leads.empty() ? 0 : quantile_of_sorted(one.leads, q);
    };
    const double share = static_cast<double>(one.foreseen) / static_cast<double>(seeds);
    fmt::print(
        "  {:<15} foreseen {:>5.1f} %, at least 95 %{}; lead p1 {:.1f}, p10 {:.1f}, p50 {:.1f}, "
        "p90 {:.1f} s\n",
        name_of(one.ailment), share * 100, share < wanted_foreseen ? "  MISSED" : "", lead(0.01),
        lead(0.1), lead(0.5), lead(0.9));
  }
  // The target is for a heartbeat every 5 s; ten times as many an hour err ten times as often.
  const bool has_target = result.profile.interval == profiles[0].interval;
  const bool missed = result.false_alarms() > wanted_false_alarms;
  fmt::print("  healthy for {} h, {} beats: {} false alarms, {:.2f} in 10 h{}{}\n", result.hours,
             result.healthy.beats, result.healthy.alarms, result.false_alarms(),
             has_target ? ", at most 1" : "", has_target && missed ? "  MISSED" : "");
}

void print(const Cost& cost) {
  const auto row = [](const char* what, double value, const char* unit, double wanted) {
    fmt::print("{:<56} {:>8.2f} {}, at most {:.0f}{}\n", what, value, unit, wanted,
               value > wanted ? "  MISSED" : "");
  };
  row("one training as configured", cost.train_ms, "ms", wanted_train_ms);
  row("one training, 100 trees of 256 beats", cost.train_window_ms, "ms", wanted_train_ms);
  row("one prediction without training", cost.observe_us, "us", wanted_observe_us);
  row("one prediction, trainings included", cost.observe_with_training_us, "us", wanted_observe_us);
  row("one heartbeat, a follower's whole step, median", cost.step.median_us, "us",
      wanted_observe_us);
  row("the same, trainings included, mean", cost.step.mean_us, "us", wanted_observe_us);
}

int bench_predict(const PredictBenchFlags& flags) {
  const Cost cost = measure_cost();
  std::vector<ProfileResult> results;
  Progress progress("bench", std::size(profiles) * (ailments + 1));
  std::uint64_t done = 0;
  for (const Profile& profile : profiles) {
    ProfileResult& result = results.emplace_back();
    result.profile = profile;
    for (std::size_t kind = 0; kind < ailments; ++kind) {
      result.foresights.push_back(
          foresee(static_cast<Ailment>(kind), profile.interval, flags.seeds));
      progress.done(++done);
    }
    // As many beats on either profile: a lan has ten times as many an hour.
    const bool is_wan = profile.interval == profiles[0].interval;
    result.hours = is_wan ? flags.hours : std::max<std::uint64_t>(flags.hours / 10, 1);
    result.healthy = watch_many(profile.interval, result.hours);
    progress.done(++done);
  }
  if (flags.json) {
    nlohmann::ordered_json out;
    for (const auto& result : results) out[result.profile.name] = json_of(result, flags.seeds);
    out["cost"] = {{"train_ms", cost.train_ms},
                   {"train_256_ms", cost.train_window_ms},
                   {"observe_us", cost.observe_us},
                   {"observe_with_training_us", cost.observe_with_training_us},
                   {"step_us", cost.step.median_us},
                   {"step_with_training_us", cost.step.mean_us}};
    fmt::print("{}\n", out.dump());
    return exit_pass;
  }
  fmt::print("{} seeds of each ailment; leads are told up to {}\n", flags.seeds,
             to_text(longest_lead));
  for (const auto& result : results) print(result, flags.seeds);
  print(cost);
  return exit_pass;
}

}  // namespace

Action add_bench_predict(CLI::App& bench) {
  auto* command = bench.add_subcommand(
      "predict", "The failure predictor: crashes foreseen, lead times, false alarms, cost.");
  auto flags = std::make_shared<PredictBenchFlags>();
  command->add_flag("--json", flags->json, "print one JSON object");
  command->add_option("--seeds", flags->seeds, "rehearsals of each ailment")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}));
  command->add_option("--hours", flags->hours, "of healthy heartbeats, simulated")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}));
  return [flags] { return bench_predict(*flags); };
}

}  // namespace lockstep::sim
