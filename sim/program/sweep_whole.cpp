#include "sim/program/sweep_whole.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <sstream>

#include "sim/program/exit_codes.hpp"
#include "sim/program/results.hpp"
#include "sim/program/sweep_engines.hpp"
#include "sim/program/sweep_rows.hpp"
#include "sim/program/terminal.hpp"
#include "sim/program/whole_files.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;
namespace {

constexpr const char* incomplete_name = "runs.incomplete.csv";

// One program at a time decides what of a sweep is missing. Unlike flock's, this lock is not
// inherited by workers, which may outlive a killed parent by a run; it ends with the process.
void lock_sweep(const SweepShards& shards) {
  const std::string path = shards.lock_file().string();
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (file < 0 || fcntl(file, F_SETLK, &lock) == 0 || (errno != EACCES && errno != EAGAIN)) return;
  throw OutputError(
      fmt::format("{}: another lockstep sweep is at work there; wait until it ends, "
                  "or see how far it is with --status",
                  shards.folder().string()));
}

struct Performed {
  std::map<std::uint64_t, std::string> rows;  // of finished runs whose shard is not done
  bool interrupted = false;
  std::string left_to;
  bool elsewhere = false;
};

Performed perform_here(const SweepFlags& flags, const OpenedSweep& sweep,
                       const std::vector<std::uint64_t>& missing) {
  const SweepShards shards = sweep.shards();
  std::uint64_t runs = 0;
  for (const std::uint64_t shard : missing)
    runs += runs_of_shard(sweep.plan.runs, shard, sweep.plan.shards).size();
  ShardsPerformed performed;
  {
    Progress progress("runs", runs);
    performed = perform_shards(sweep.work, shards, missing, flags.jobs.value_or(2),
                               [&](std::uint64_t count) { progress.done(count); });
  }
  for (const auto& error : performed.errors)
    fmt::print(stderr, "{}: {}\n", sweep.work.scenario.file, error);
  return {std::move(performed.rows), performed.interrupted, "", false};
}

Performed perform_elsewhere(const SweepFlags& flags, const OpenedSweep& sweep,
                            const std::vector<std::uint64_t>& missing) {
  const fs::path folder = fs::absolute(sweep.folder).lexically_normal();
  const SweepShards shards(folder, sweep.plan);
  Progress progress("shards", sweep.plan.shards);
  EngineTask task;
  task.shards = &shards;
  task.sweep = folder.string();
  task.missing = missing;
  task.jobs = flags.jobs;
  task.hosts = flags.hosts;
  task.hosts_file = flags.hosts_file;
  task.slurm_options = flags.slurm_options;
  task.wait = !flags.no_wait;
  task.done = [&](std::uint64_t count) { progress.done(count); };
  task.say = [&](const std::string& line) {
    if (!flags.quiet) fmt::print("{}\n", line);
    std::fflush(stdout);
  };
  const EngineAnswer answer =
      flags.engine == "slurm" ? perform_by_slurm(task) : perform_by_parallel(task);
  return {{}, answer.interrupted, answer.left_to, true};
}

// Rows of all runs that are there, those of unfinished shards included.
std::string incomplete_table(const SweepShards& shards, const ShardSurvey& survey,
                             std::map<std::uint64_t, std::string> rows) {
  for (const std::uint64_t shard : survey.done) {
    std::istringstream lines(shards.table(shard).value_or(""));
    std::string header, row;
    std::getline(lines, header);
    while (std::getline(lines, row)) rows[std::stoull(row)] = header + "\n" + row + "\n";
  }
  return table_of(rows);
}

std::uint64_t count_lines(const std::string& text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

// Why shards failed elsewhere; of those that failed here it was told as it happened.
void tell_failures(const ShardSurvey& survey) {
  constexpr int most = 5;
  int told = 0;
  for (const auto& [shard, why] : survey.failed) {
    if (++told > most) break;
    fmt::print(stderr, "lockstep: shard {} failed: {}\n", shard, why.substr(0, why.find('\n')));
  }
  if (told > most)
    fmt::print(stderr, "lockstep: {} shards failed; --status tells why\n", survey.failed.size());
}

int leave_incomplete(const OpenedSweep& sweep, const ShardSurvey& survey, Performed performed) {
  const int code = performed.interrupted ? exit_interrupted : exit_internal;
  const fs::path path = sweep.folder / incomplete_name;
  const std::string runs = incomplete_table(sweep.shards(), survey, std::move(performed.rows));
  if (runs.empty()) {
    fmt::print(stderr, "lockstep: no run finished\n");
  } else {
    write_whole(path, runs);
    fmt::print(stderr, "lockstep: {}; the {} runs that were finished are in {}\n",
               performed.interrupted ? "interrupted" : "not all runs finished",
               count_lines(runs) - 1, path.string());
  }
  if (performed.elsewhere) tell_failures(survey);
  fmt::print(stderr,
             "lockstep: {} of {} shards are missing; the same command, or lockstep sweep {}, runs "
             "them alone\n",
             survey.missing.size(), sweep.plan.shards, sweep.folder.string());
  if (const fs::path logs = sweep.shards().log_folder(); fs::exists(logs))
    fmt::print(stderr, "lockstep: what the tasks of slurm said is in {}\n", logs.string());
  return code;
}

int finish(const SweepFlags& flags, const OpenedSweep& sweep, std::uint64_t not_passed,
           std::chrono::steady_clock::time_point start) {
  const SweepShards shards = sweep.shards();
  const std::string runs = shards.merged(), points = points_table(runs);
  write_whole(sweep.folder / "runs.csv", runs);
  write_whole(sweep.folder / "points.csv", points);
  write_whole(sweep.folder / "manifest.json", sweep.plan.manifest.dump(2) + "\n");
  shards.remove();
  std::error_code ignored;  // it was not there
  fs::remove(sweep.folder / incomplete_name, ignored);
  if (!flags.quiet) print_points(points);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  fmt::print("{} runs of {} in {:.1f} s on {}, {} not passed: {}\n", sweep.plan.runs,
             sweep.plan.runs, wall.count(), name_of(sweep.work.fabric), not_passed,
             (sweep.folder / "runs.csv").string());
  return not_passed == 0 ? exit_pass : exit_violated;
}

int perform_one_shard(const SweepFlags& flags, std::uint64_t shard, std::uint64_t of) {
  const OpenedSweep sweep = open_sweep(flags);
  if (!sweep.under_way)
    throw NoSweep(fmt::format("{}: its sweep is finished, or not begun", sweep.folder.string()));
  if (of != sweep.plan.shards)
    throw OutputError(
        fmt::format("{}: has {} shards, not {}", sweep.folder.string(), sweep.plan.shards, of));
  sweep.require_alike();
  const SweepShards shards = sweep.shards();
  if (shards.table(shard)) return exit_pass;
  const ShardsPerformed performed =
      perform_shards(sweep.work, shards, {shard}, flags.jobs.value_or(1), [](std::uint64_t) {});
  for (const auto& error : performed.errors) fmt::print(stderr, "shard {}: {}\n", shard, error);
  if (performed.interrupted) return exit_interrupted;
  if (shards.table(shard)) return exit_pass;
  if (!performed.errors.empty()) shards.keep_failure(shard, performed.errors.front());
  return exit_internal;
}

}  // namespace

void print_points(const std::string& points) {
  std::istringstream lines(points);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string cell, row;
    for (int i = 0; std::getline(cells, cell, ','); ++i)
      row += i == 1 ? fmt::format(" {:<22}", cell) : fmt::format("{:>10}", cell);
    fmt::print("{}\n", row);
  }
}

int sweep_whole(const SweepFlags& flags) {
  const auto start = std::chrono::steady_clock::now();
  const OpenedSweep sweep = open_sweep(flags);
  if (flags.of_folder() && !sweep.under_way) return sweep_status(flags);
  sweep.require_alike();
  require_writable(sweep.folder);
  const SweepShards shards = sweep.shards();
  require_writable(shards.folder());
  lock_sweep(shards);
  if (flags.afresh) shards.forget_all();
  if (!sweep.under_way) shards.keep_plan();
  ShardSurvey before = shards.survey();
  if (!before.done.empty() && !flags.quiet)
    fmt::print("{} of {} shards were there already\n", before.done.size(), sweep.plan.shards);
  Performed performed;
  if (!before.missing.empty()) {
    for (const auto& [shard, why] : before.failed) shards.forget_failure(shard);
    performed = flags.engine == "local" ? perform_here(flags, sweep, before.missing)
                                        : perform_elsewhere(flags, sweep, before.missing);
  }
  if (!performed.left_to.empty()) {
    fmt::print(
        "{} of {} shards left to {}; lockstep sweep {} --status tells how far it is, and "
        "without --status it makes the tables\n",
        before.missing.size(), sweep.plan.shards, performed.left_to, sweep.folder.string());
    return exit_pass;
  }
  const ShardSurvey after = shards.survey();
  if (!after.missing.empty()) return leave_incomplete(sweep, after, std::move(performed));
  return finish(flags, sweep, after.not_passed, start);
}

int sweep_one_shard(const SweepFlags& flags) {
  const auto [shard, of] = shard_from(flags.shard);
  const fs::path folder = fs::absolute(flags.scenario.file).lexically_normal();
  try {
    return perform_one_shard(flags, shard, of);
  } catch (const std::exception& error) {
    // Whoever waits for it may not see what this process says.
    if (const auto plan = SweepShards::kept_plan(folder); plan && plan->shards == of)
      SweepShards(folder, *plan).keep_failure(shard, error.what());
    throw;
  }
}

}  // namespace lockstep::sim
