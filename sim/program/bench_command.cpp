// bench sim: how fast the simulator is, as medians and as ratios to something run beside it.
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <map>
#include <string>

#include "core/base/check.hpp"
#include "sim/program/bench_advanced_bully.hpp"
#include "sim/program/bench_bare_loop.hpp"
#include "sim/program/bench_flood.hpp"
#include "sim/program/bench_fuzz.hpp"
#include "sim/program/bench_lamport.hpp"
#include "sim/program/bench_predict.hpp"
#include "sim/program/commands.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/subprocess.hpp"
#include "sim/program/terminal.hpp"
#include "sim/program/workers.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* cluster = R"json({
  "format": 1, "title": "bench", "why": "bench", "source": "bench",
  "protocol": "raft", "nodes": 5, "seed": 1,
  "network": {"latency": "constant 1 ms", "wire": false},
  "workload": {"clients": 4}})json";

struct Load {
  const char* name;
  Overrides settings;
};
// Small messages in their usual mix: single operations, reads, heartbeats.
const Load messages_load{"messages", {{"duration", "30 s"}, {"workload.pipeline", "4"}}};
// The same with a latency of its own for every message, so that SimGrid's clock moves for each.
const Load scattered_load{
    "scattered",
    {{"duration", "60 s"}, {"workload.pipeline", "4"}, {"network.latency", "uniform 1..3 ms"}}};
// Writes only, many open at once: what batching and pipelining make of it.
const Load commits_load{
    "commits",
    {{"duration", "1 s"}, {"workload.pipeline", "256"}, {"workload.mix", R"({"put": 1})"}}};
// The load of the usual scenario.
const Load steady_load{"steady", {{"duration", "500 s"}, {"workload.rate", "50 /s"}}};

struct Measured {
  double seconds = 0;
  double cpu_seconds = 0;  // what small differences are taken of: it does not see other processes
  double steps = 0, delivered = 0, commits = 0, simulated_seconds = 0;
};

Measured measure(const Load& load, FabricKind fabric, const RunOptions& options = {},
                 const Overrides& more = {}) {
  Overrides settings = load.settings;
  settings.insert(settings.end(), more.begin(), more.end());
  const Scenario scenario = parse_scenario("bench", cluster, settings);
  const auto start = Clock::now();
  const std::clock_t cpu_start = std::clock();
  const Outcome outcome = execute(scenario, fabric, options);
  const double cpu = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
  const std::chrono::duration<double> spent = Clock::now() - start;
  if (outcome.verdict != RunVerdict::pass) {
    throw std::runtime_error(fmt::format("bench {}: verdict {}: {}", load.name,
                                         name_of(outcome.verdict),
                                         outcome.reasons.empty() ? "" : outcome.reasons.front()));
  }
  return {spent.count(),
          cpu,
          static_cast<double>(outcome.steps),
          static_cast<double>(outcome.delivered),
          outcome.figure("entries_committed"),
          scenario.duration.seconds()};
}

// Throws when the one job has no answer.
void require_answer(const JobResults& results) {
  if (results.interrupted) throw Interrupted();
  if (!results.errors.empty()) throw std::runtime_error(results.errors.front());
  check(results.answers.contains(0), "a job answers or fails");
}

// SimGrid serves one run a process, so every measurement there has a process of its own, and the
// loop the same, to be fair.
Measured measure_apart(const Load& load, FabricKind fabric) {
  Jobs jobs;
  jobs.numbers = {0};
  jobs.perform = [&](std::uint64_t) {
    const Measured m = measure(load, fabric);
    return fmt::format("{} {} {} {} {}", m.seconds, m.steps, m.delivered, m.commits,
                       m.simulated_seconds);
  };
  const JobResults results = run_jobs(jobs, [](std::uint64_t) {});
  require_answer(results);
  Measured m;
  check(std::sscanf(results.answers.at(0).c_str(), "%lf %lf %lf %lf %lf", &m.seconds, &m.steps,
                    &m.delivered, &m.commits, &m.simulated_seconds) == 5,
        "a worker answers with five numbers");
  return m;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double median_of(int runs, const std::function<double()>& one) {
  std::vector<double> values;
  for (int i = 0; i < runs; ++i) values.push_back(one());
  return median(std::move(values));
}

// One run with the digest against the mean of the runs without it before and after. Short ones, and
// many: the machine's speed drifts by more than the digest costs.
double digest_ratio() {
  const Overrides brief{{"duration", "3 s"}};
  RunOptions no_digest;
  no_digest.digest = false;
  const double before = measure(messages_load, FabricKind::loop, no_digest, brief).cpu_seconds;
  const double with = measure(messages_load, FabricKind::loop, {}, brief).cpu_seconds;
  const double after = measure(messages_load, FabricKind::loop, no_digest, brief).cpu_seconds;
  return with * 2 / (before + after);
}

struct Start {
  double seconds = 0, mebibytes = 0;
};

// Ten thousand Bully processes, platform and all, from nothing to the end of their first second.
Start start_ten_thousand() {
  Jobs jobs;
  jobs.numbers = {0};
  jobs.perform = [](std::uint64_t) {
    const auto start = Clock::now();
    const Scenario scenario = parse_scenario(
        "bench", R"json({"format": 1, "title": "bench", "protocol": "bully", "nodes": 10000,
                         "duration": "1 s", "config": {"start_with_highest": true}})json");
    const Outcome outcome = execute(scenario, FabricKind::simgrid);
    const std::chrono::duration<double> spent = Clock::now() - start;
    check(outcome.verdict == RunVerdict::pass, "ten thousand processes start");
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return fmt::format("{} {}", spent.count(), static_cast<double>(used.ru_maxrss) / 1024);
  };
  const JobResults results = run_jobs(jobs, [](std::uint64_t) {});
  Start start;
  require_answer(results);
  check(
      std::sscanf(results.answers.at(0).c_str(), "%lf %lf", &start.seconds, &start.mebibytes) == 2,
      "a worker answers with two numbers");
  return start;
}

struct SimBench {
  Start ten_thousand;
  double messages = 0, messages_wire = 0, commits = 0, sim_seconds = 0, ratio_bare = 0, bare_ns = 0;
  double simgrid_messages = 0, simgrid_extra_us = 0;
  double digest_percent = 0, trace_percent = 0;
};

SimBench bench_sim(int runs) {
  SimBench b;
  Progress progress("bench", 7);
  // First, while this process is small: a child's memory counts from what its parent holds.
  if (simgrid_is_built()) b.ten_thousand = start_ten_thousand();
  measure(messages_load, FabricKind::loop);  // warm-up
  progress.done(1);
  b.messages = median_of(runs, [] {
    const Measured m = measure(messages_load, FabricKind::loop);
    return m.delivered / m.seconds;
  });
  b.messages_wire = median_of(runs, [] {
    const Measured m = measure(messages_load, FabricKind::loop, {}, {{"network.wire", "true"}});
    return m.delivered / m.seconds;
  });
  progress.done(2);
  b.commits = median_of(runs, [] {
    const Measured m = measure(commits_load, FabricKind::loop);
    return m.commits / m.seconds;
  });
  b.sim_seconds = median_of(runs, [] {
    const Measured m = measure(steady_load, FabricKind::loop);
    return m.simulated_seconds / m.seconds;
  });
  progress.done(3);
  // In pairs, so that a drift of the machine's speed cancels.
  std::vector<double> bare, ratio, without, traced;
  for (int i = 0; i < runs; ++i) {
    const Measured full = measure(messages_load, FabricKind::loop);
    const double loop_ns = bare_loop_ns_per_event(static_cast<std::uint64_t>(full.steps));
    bare.push_back(loop_ns);
    ratio.push_back(full.seconds * 1e9 / full.steps / loop_ns);
    for (int pair = 0; pair < 20; ++pair) without.push_back(digest_ratio());
    std::uint64_t lines = 0;
    RunOptions trace;
    trace.listener = [&lines](TraceLine&&) { ++lines; };
    traced.push_back(
        measure(messages_load, FabricKind::loop, trace, {{"duration", "20 s"}}).seconds /
        measure(messages_load, FabricKind::loop, {}, {{"duration", "20 s"}}).seconds);
  }
  b.bare_ns = median(bare);
  b.ratio_bare = median(ratio);
  b.digest_percent = (median(without) - 1) * 100;
  b.trace_percent = (median(traced) - 1) * 100;
  progress.done(5);
  if (simgrid_is_built()) {
    std::vector<double> speed, extra;
    for (int i = 0; i < runs; ++i) {
      const Measured loop = measure_apart(scattered_load, FabricKind::loop);
      const Measured simgrid = measure_apart(scattered_load, FabricKind::simgrid);
      speed.push_back(simgrid.delivered / simgrid.seconds);
      extra.push_back((simgrid.seconds - loop.seconds) * 1e6 / simgrid.delivered);
    }
    b.simgrid_messages = median(speed);
    b.simgrid_extra_us = median(extra);
  }
  return b;
}

void print_sim(const SimBench& b, int runs) {
  const auto row = [](const char* what, const std::string& value, const char* target) {
    fmt::print("{:<64} {:>14}   {}\n", what, value, target);
  };
  fmt::print("5 nodes, 4 clients, every check on, trace text off; medians of {} runs\n", runs);
  row("loop: delivered messages a second", fmt::format("{:.0f}", b.messages), "at least 1000000");
  row("loop: the same, every message through encode and decode",
      fmt::format("{:.0f}", b.messages_wire), "");
  row("loop: committed entries a second (pipelined clients)", fmt::format("{:.0f}", b.commits),
      "at least 100000");
  row("loop: simulated seconds a second at 50 operations/s", fmt::format("{:.0f}", b.sim_seconds),
      "at least 1500");
  row("a bare event loop, ns an event", fmt::format("{:.1f}", b.bare_ns), "");
  row("one step with all checks against a bare event, times", fmt::format("{:.1f}", b.ratio_bare),
      "");
  if (simgrid_is_built()) {
    row("SimGrid: delivered messages a second", fmt::format("{:.0f}", b.simgrid_messages),
        "at least 400000");
    row("SimGrid: dearer than the loop, us a message", fmt::format("{:.3f}", b.simgrid_extra_us),
        "at most 1.5");
    row("SimGrid: 10000 Bully nodes start and run 1 s, seconds",
        fmt::format("{:.2f}", b.ten_thousand.seconds), "at most 2");
    row("SimGrid: the same, MiB at most", fmt::format("{:.0f}", b.ten_thousand.mebibytes),
        "at most 500");
  }
  row("digest: cost in percent", fmt::format("{:.1f}", b.digest_percent), "at most 10");
  row("full trace (every step as text): cost in percent", fmt::format("{:.0f}", b.trace_percent),
      "");
}

nlohmann::ordered_json sim_json(const SimBench& b) {
  nlohmann::ordered_json out;
  out["loop"] = {{"messages_per_s", b.messages},
                 {"commits_per_s", b.commits},
                 {"sim_seconds_per_s", b.sim_seconds},
                 {"ratio_to_bare_loop", b.ratio_bare},
                 {"messages_per_s_through_wire", b.messages_wire},
                 {"bare_loop_ns_per_event", b.bare_ns}};
  out["simgrid"] = nullptr;
  if (simgrid_is_built()) {
    out["simgrid"] = {{"messages_per_s", b.simgrid_messages},
                      {"extra_us_per_message", b.simgrid_extra_us},
                      {"start_10000_s", b.ten_thousand.seconds},
                      {"start_10000_mib", b.ten_thousand.mebibytes}};
  }
  out["digest"] = {{"cost_percent", b.digest_percent}};
  out["trace"] = {{"cost_percent", b.trace_percent}};
  return out;
}

}  // namespace

Action add_bench(CLI::App& app) {
  auto* command = app.add_subcommand(
      "bench", "Measure: bench sim, fuzz, lamport, flood, predict, advanced_bully, node.");
  command->require_subcommand(1);
  auto* sim = command->add_subcommand(
      "sim", "The simulator: messages, commits and simulated seconds a second, on both fabrics.");
  struct Flags {
    bool json = false;
    int runs = 5;
  };
  auto flags = std::make_shared<Flags>();
  sim->add_flag("--json", flags->json, "print one JSON object");
  sim->add_option("--runs", flags->runs, "measurements of each kind; medians are printed")
      ->capture_default_str()
      ->check(CLI::Range(1, 99));
  auto* node = command->add_subcommand(
      "node",
      "Real nodes, beside etcd and ZooKeeper where installed; bench node --help says more.");
  node->prefix_command();
  node->set_help_flag();
  const std::map<std::string, Action> others{
      {"fuzz", add_bench_fuzz(*command)},
      {"lamport", add_bench_lamport(*command)},
      {"flood", add_bench_flood(*command)},
      {"predict", add_bench_predict(*command)},
      {"advanced_bully", add_bench_advanced_bully(*command)}};
  return [flags, node, others, command] {
    for (const auto& [name, run] : others) {
      if (command->got_subcommand(name)) return run();
    }
    if (node->parsed()) {
      std::vector<std::string> words = node->remaining();
      words.insert(words.begin(), "lockstep-bench-node");
      return become_sibling(std::move(words));
    }
    const SimBench b = bench_sim(flags->runs);
    if (flags->json) {
      fmt::print("{}\n", sim_json(b).dump());
    } else {
      print_sim(b, flags->runs);
    }
    return exit_pass;
  };
}

}  // namespace lockstep::sim
