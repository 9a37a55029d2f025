#include "sim/program/bench_lamport.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "core/base/check.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/workers.hpp"
#include "sim/scenario/parse.hpp"
#include "sim/stats/quantiles.hpp"

namespace lockstep::sim {
namespace {

// What the deployment measured: 100 messages of 10 clients to three nodes; the death of a leader
// with a time-out of 5 s.
constexpr double told_mean_ms = 45, told_p95_ms = 78, told_per_s = 42, told_recovery_s = 8;

constexpr const char* hundred = R"json({
  "format": 1, "title": "bench", "protocol": "lamport", "nodes": 3, "duration": "30 s",
  "disk": {"latency": "uniform 1..4 ms"},
  "workload": {"clients": 10, "operations": 100, "start": "5 s", "think": "150 ms"},
  "expect": {"recovers_within": "9 s"}})json";

constexpr const char* death = R"json({
  "format": 1, "title": "bench", "protocol": "lamport", "nodes": 3, "duration": "60 s",
  "network": {"latency": "uniform 5..15 ms"}, "disk": {"latency": "uniform 1..4 ms"},
  "config": {"profile": "wan"},
  "workload": {"clients": 10, "rate": "50 /s", "start": "5 s",
               "timeout": "20 s", "attempt_timeout": "2 s"},
  "faults": [{"random": {"times": 1, "from": "20 s", "until": "25 s"}, "crash": "coordinator"}],
  "expect": {"recovers_within": "20 s"}})json";

constexpr const char* load = R"json({
  "format": 1, "title": "bench", "protocol": "lamport", "nodes": 3,
  "network": {"latency": "constant 1 ms"}, "disk": {"latency": "1 ms"},
  "workload": {"clients": 64, "pipeline": 4, "start": "1 s"}})json";

struct LamportBenchFlags {
  bool json = false;
  std::uint64_t seeds = 20;
};

Outcome passing(const char* text, const Overrides& settings) {
  Outcome outcome = execute(parse_scenario("bench", text, settings), FabricKind::loop);
  if (outcome.verdict == RunVerdict::pass) return outcome;
  const std::string why = outcome.reasons.empty() ? "" : outcome.reasons.front();
  throw std::runtime_error("bench lamport: " + why);
}

struct Hundred {
  const char* name;
  const char* setting;
  const char* value;
  std::vector<double> ms;  // sorted
  double mean = 0, per_s = 0, violations = 0;
};

void measure_hundred(Hundred& place, std::uint64_t seeds) {
  double spans = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Outcome outcome = passing(
        hundred, {{"network." + std::string(place.setting), '"' + std::string(place.value) + '"'},
                  {"seed", std::to_string(seed)}});
    Instant first(seconds(1000).ns()), last;
    for (const HistoryOperation& post : outcome.history) {
      place.ms.push_back((post.returned - post.invoked).milliseconds());
      first = std::min(first, post.invoked);
      last = std::max(last, post.returned);
    }
    spans += (last - first).seconds();
    place.violations += outcome.figure("causality_violations");
  }
  for (const double ms : place.ms) place.mean += ms / static_cast<double>(place.ms.size());
  place.per_s = static_cast<double>(place.ms.size()) / spans;
  std::sort(place.ms.begin(), place.ms.end());
}

std::vector<double> recoveries_s(std::uint64_t seeds) {
  std::vector<double> found;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Outcome outcome = passing(death, {{"seed", std::to_string(seed)}});
    found.push_back(outcome.figure("recovery_ms") / 1000);
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Messages a second of this processor, with everything that the simulator does around the machines.
double messages_per_s(const char* duration) {
  const auto start = std::chrono::steady_clock::now();
  const Outcome outcome = passing(load, {{"duration", duration}});
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  return outcome.figure("operations_ok") / spent.count();
}

int bench_lamport(const LamportBenchFlags& flags) {
  Hundred places[] = {{"one region, 5 to 15 ms", "latency", "uniform 5..15 ms", {}},
                      {"three regions (gcp3)", "regions", "platforms/gcp3.json", {}}};
  for (Hundred& place : places) measure_hundred(place, flags.seeds);
  const std::vector<double> recovery = recoveries_s(flags.seeds);
  const double brief = messages_per_s("\"3 s\""), longer = messages_per_s("\"12 s\"");
  if (flags.json) {
    nlohmann::ordered_json out;
    for (const Hundred& place : places) {
      out["hundred"][place.name] = {{"mean_ms", place.mean},
                                    {"p50_ms", quantile_of_sorted(place.ms, 0.5)},
                                    {"p95_ms", quantile_of_sorted(place.ms, 0.95)},
                                    {"p99_ms", quantile_of_sorted(place.ms, 0.99)},
                                    {"messages_per_s", place.per_s}};
    }
    out["recovery_s"] = {{"p50", quantile_of_sorted(recovery, 0.5)}, {"max", recovery.back()}};
    out["messages_per_s"] = {{"3 s", brief}, {"12 s", longer}};
    fmt::print("{}\n", out.dump());
    return exit_pass;
  }
  fmt::print(
      "100 messages of 10 clients to 3 nodes, {} seeds; in brackets what a deployment on "
      "three machines told\n",
      flags.seeds);
  for (const Hundred& place : places) {
    fmt::print("  {:<24} {} of {} acknowledged, in one order [100 of 100]\n", place.name,
               place.ms.size() / flags.seeds, 100);
    fmt::print(
        "  {:<24} mean {:.1f} ms [{:.0f}], p50 {:.1f}, p95 {:.1f} [{:.0f}], p99 {:.1f}; "
        "{:.1f} messages/s [{:.0f}]; {:.0f} came out of order [0]\n",
        "", place.mean, told_mean_ms, quantile_of_sorted(place.ms, 0.5),
        quantile_of_sorted(place.ms, 0.95), told_p95_ms, quantile_of_sorted(place.ms, 0.99),
        place.per_s, told_per_s, place.violations);
  }
  fmt::print(
      "a leader dies, time-out 5 s, election 2 s: a post is acknowledged after {:.1f} s, at "
      "most {:.1f} [{:.0f}]\n",
      quantile_of_sorted(recovery, 0.5), recovery.back(), told_recovery_s);
  fmt::print(
      "through the machines, simulator and all: {:.0f} messages/s over 3 s, {:.0f} over 12 s "
      "(a log four times as long)\n",
      brief, longer);
  return exit_pass;
}

}  // namespace

Action add_bench_lamport(CLI::App& bench) {
  auto* command = bench.add_subcommand(
      "lamport", "The Lamport log: latency, throughput, recovery, beside a deployment's figures.");
  auto flags = std::make_shared<LamportBenchFlags>();
  command->add_flag("--json", flags->json, "print one JSON object");
  command->add_option("--seeds", flags->seeds, "runs of each kind")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{10'000}));
  return [flags] { return bench_lamport(*flags); };
}

}  // namespace lockstep::sim
