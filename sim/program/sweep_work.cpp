#include "sim/program/sweep_work.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "sim/program/sweep_rows.hpp"

namespace lockstep::sim {

SweepWork::SweepWork(Scenario of, FabricKind on)
    : scenario(std::move(of)), fabric(on), points(sweep_points(scenario.sweep)) {
  for (const Overrides& point : points) at_point.push_back(scenario_at(scenario, point));
}

std::string table_of(const std::map<std::uint64_t, std::string>& rows) {
  std::string table;
  for (const auto& [number, one] : rows)
    table.append(one, table.empty() ? 0 : one.find('\n') + 1, std::string::npos);
  return table;
}

Jobs jobs_of(const SweepWork& work, std::vector<std::uint64_t> runs, unsigned processes) {
  Jobs jobs;
  jobs.numbers = std::move(runs);
  jobs.process_each = work.fabric == FabricKind::simgrid;
  jobs.workers = std::max(1u, processes);
  jobs.perform = [&work](std::uint64_t number) {
    const SweepRun run = sweep_run(work.scenario, number);
    Scenario one = work.at_point[run.point];
    one.seed = run.seed;
    RunOptions options;
    options.keep_history = false;
    const Outcome outcome = execute(one, work.fabric, options);
    return runs_header(work.scenario, outcome) +
           runs_row(work.scenario, run, work.points[run.point], outcome);
  };
  return jobs;
}

ShardsPerformed perform_shards(const SweepWork& work, const SweepShards& shards,
                               const std::vector<std::uint64_t>& which, unsigned processes,
                               const std::function<void(std::uint64_t)>& done) {
  const SweepPlan& plan = shards.plan();
  std::vector<std::uint64_t> runs;
  for (const std::uint64_t shard : which) {
    const auto more = runs_of_shard(plan.runs, shard, plan.shards);
    runs.insert(runs.end(), more.begin(), more.end());
  }
  struct Open {
    std::map<std::uint64_t, std::string> rows;
    std::string failed;
  };
  std::map<std::uint64_t, Open> open;
  Jobs jobs = jobs_of(work, std::move(runs), processes);
  jobs.take = [&](std::uint64_t number, std::string text, bool failed) {
    const std::uint64_t shard = number % plan.shards + 1;
    Open& one = open[shard];
    if (failed) {
      one.failed += fmt::format("{}run {}: {}", one.failed.empty() ? "" : "\n", number, text);
      return;
    }
    one.rows.emplace(number, std::move(text));
    if (one.rows.size() < (plan.runs - shard) / plan.shards + 1) return;
    shards.keep(shard, table_of(one.rows));
    open.erase(shard);
  };
  JobResults results = run_jobs(jobs, done);
  ShardsPerformed performed;
  for (auto& [shard, one] : open) {
    if (!one.failed.empty()) shards.keep_failure(shard, one.failed);
    performed.rows.merge(one.rows);
  }
  performed.errors = std::move(results.errors);
  performed.interrupted = results.interrupted;
  return performed;
}

}  // namespace lockstep::sim
