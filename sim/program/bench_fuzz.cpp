#include "sim/program/bench_fuzz.hpp"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/check.hpp"
#include "sim/program/campaign.hpp"
#include "sim/program/crew.hpp"
#include "sim/program/execute.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/interrupts.hpp"
#include "sim/program/terminal.hpp"
#include "sim/program/workers.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

// Every check on: rules, history, recovery, digest; messages through encode and decode, disks as
// bytes.
constexpr const char* attacked = R"json({
  "format": 1, "title": "bench", "protocol": "raft", "nodes": 5, "duration": "20 s",
  "network": {"latency": "uniform 1..5 ms"},
  "disk": {"latency": "uniform 1..2 ms"},
  "workload": {"clients": 4, "rate": "50 /s"},
  "faults": [{"at": "5 s", "crash": "leader", "for": "3 s"}],
  "expect": {"linearizable": true, "recovers_within": "5 s"}})json";

constexpr double wanted_runs = 75, wanted_seconds = 1500;

struct FuzzBenchFlags {
  bool json = false, memory = false;
  int batches = 5;
  std::uint64_t runs = 300;
};

struct FuzzSpeed {
  double runs = 0, simulated = 0, messages = 0, steps = 0;  // a second
};

std::string attack(const std::string& seed) {
  const Scenario scenario = parse_scenario("bench", attacked, {{"seed", seed}});
  RunOptions options;
  options.keep_history = false;
  const Outcome outcome = execute(scenario, FabricKind::loop, options);
  if (outcome.verdict != RunVerdict::pass)
    throw std::runtime_error("seed " + seed + ": " +
                             (outcome.reasons.empty() ? "no pass" : outcome.reasons.front()));
  return fmt::format("{} {} {}", outcome.ended.since_start().seconds(), outcome.delivered,
                     outcome.steps);
}

// A crew as campaigns have, at work on seeds from `first` on.
FuzzSpeed attack_at_speed(unsigned jobs, std::uint64_t first, std::uint64_t runs) {
  using Steady = std::chrono::steady_clock;
  const NotesInterrupts notes;
  Crew crew(attack, jobs, std::chrono::seconds(60));
  for (std::uint64_t warm_up = 0; warm_up < 10 * std::uint64_t{jobs}; ++warm_up)
    crew.give(warm_up, std::to_string(warm_up + 1));
  while (crew.open() > 0) (void)crew.take(std::chrono::milliseconds(200));

  FuzzSpeed sum;
  std::uint64_t given = 0;
  const auto start = Steady::now();
  while (given < runs || crew.open() > 0) {
    if (NotesInterrupts::came()) throw Interrupted();
    while (given < runs && crew.open() < crew.wanted()) {
      crew.give(given, std::to_string(first + given));
      ++given;
    }
    const auto answer = crew.take(std::chrono::milliseconds(200));
    if (!answer) continue;
    double simulated = 0, messages = 0, steps = 0;
    if (answer->kind != CrewAnswer::Kind::answered ||
        std::sscanf(answer->text.c_str(), "%lf %lf %lf", &simulated, &messages, &steps) != 3)
      throw std::runtime_error("bench fuzz: " + answer->text);
    sum.runs += 1;
    sum.simulated += simulated;
    sum.messages += messages;
    sum.steps += steps;
  }
  const double wall = std::chrono::duration<double>(Steady::now() - start).count();
  return {sum.runs / wall, sum.simulated / wall, sum.messages / wall, sum.steps / wall};
}

// The batch in the middle, by runs a second; for each of its processes.
FuzzSpeed median_speed(const FuzzBenchFlags& flags, unsigned jobs, Progress& progress,
                       std::uint64_t done) {
  std::vector<FuzzSpeed> speeds;
  for (int batch = 0; batch < flags.batches; ++batch) {
    const std::uint64_t first = 1000 + static_cast<std::uint64_t>(batch) * flags.runs;
    speeds.push_back(attack_at_speed(jobs, first, flags.runs));
    progress.done(done + static_cast<std::uint64_t>(batch) + 1);
  }
  std::sort(speeds.begin(), speeds.end(),
            [](const FuzzSpeed& a, const FuzzSpeed& b) { return a.runs < b.runs; });
  const FuzzSpeed middle = speeds[speeds.size() / 2];
  const double each = jobs;
  return {middle.runs / each, middle.simulated / each, middle.messages / each, middle.steps / each};
}

// MiB at most, of the campaign and of the largest of its workers so far.
struct CampaignMemory {
  std::uint64_t runs = 0;
  double campaign = 0, worker = 0;
};

CampaignMemory memory_after(std::uint64_t runs) {
  CampaignPlan plan;
  plan.protocol = "raft";
  plan.last = runs;
  plan.jobs = 2;
  const CampaignResult result = run_campaign(plan, {});
  if (result.interrupted) throw Interrupted();
  const auto mebibytes = [](decltype(RUSAGE_SELF) whose) {
    rusage used{};
    getrusage(whose, &used);
    return static_cast<double>(used.ru_maxrss) / 1024;
  };
  return {result.runs, mebibytes(RUSAGE_SELF), mebibytes(RUSAGE_CHILDREN)};
}

void print_row(const char* what, double value, double wanted) {
  const std::string target =
      wanted > 0 ? fmt::format("at least {:.0f}{}", wanted, value < wanted ? "  MISSED" : "") : "";
  fmt::print("{:<56} {:>12.0f}   {}\n", what, value, target);
}

nlohmann::ordered_json json_of(const FuzzSpeed& speed) {
  return {{"runs_per_s", speed.runs},
          {"sim_seconds_per_s", speed.simulated},
          {"messages_per_s", speed.messages},
          {"steps_per_s", speed.steps}};
}

int bench_fuzz(const FuzzBenchFlags& flags) {
  std::vector<CampaignMemory> memory;
  // First, since a worker's memory counts from what its parent holds; the short one before the
  // long one, since the largest so far is what is told.
  if (flags.memory) memory = {memory_after(1'000), memory_after(10'000)};
  Progress progress("bench", 2 * static_cast<std::uint64_t>(flags.batches));
  const FuzzSpeed one = median_speed(flags, 1, progress, 0);
  const FuzzSpeed two = median_speed(flags, 2, progress, static_cast<std::uint64_t>(flags.batches));
  if (flags.json) {
    auto out = json_of(one);
    out["per_core_with_2_jobs"] = json_of(two);
    auto list = nlohmann::ordered_json::array();
    for (const auto& [runs, campaign, worker] : memory)
      list.push_back({{"runs", runs}, {"campaign_mib", campaign}, {"worker_mib", worker}});
    if (flags.memory) out["memory"] = list;
    fmt::print("{}\n", out.dump());
    return exit_pass;
  }
  fmt::print("5 nodes, 20 s at 50 operations/s, every check on, loop; medians of {} x {} runs\n",
             flags.batches, flags.runs);
  print_row("one process: runs a second", one.runs, wanted_runs);
  print_row("simulated seconds a second", one.simulated, wanted_seconds);
  print_row("delivered messages a second", one.messages, 0);
  print_row("two processes, for each: runs a second", two.runs, wanted_runs);
  print_row("simulated seconds a second", two.simulated, wanted_seconds);
  print_row("delivered messages a second", two.messages, 0);
  for (const auto& [runs, campaign, worker] : memory)
    fmt::print("after {} drawn runs: the campaign {:.0f} MiB at most, a worker {:.0f} MiB\n", runs,
               campaign, worker);
  return exit_pass;
}

}  // namespace

Action add_bench_fuzz(CLI::App& bench) {
  auto* command = bench.add_subcommand(
      "fuzz", "Runs of 20 simulated seconds with every check on: how many a second.");
  auto flags = std::make_shared<FuzzBenchFlags>();
  command->add_flag("--json", flags->json, "print one JSON object");
  command->add_option("--batches", flags->batches, "measurements; the one in the middle is told")
      ->capture_default_str()
      ->check(CLI::Range(1, 99));
  command->add_option("--runs", flags->runs, "of one batch")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}));
  command->add_flag("--memory", flags->memory,
                    "first what drawn campaigns of 1000 and 10000 runs hold, which takes minutes");
  return [flags] { return bench_fuzz(*flags); };
}

}  // namespace lockstep::sim
