#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/program/exit_codes.hpp"
#include "sim/program/results.hpp"
#include "sim/program/sweep_engines.hpp"
#include "sim/program/sweep_whole.hpp"
#include "sim/program/whole_files.hpp"

namespace lockstep::sim {
namespace {

std::string seeds_text(const OpenedSweep& sweep) {
  const Scenario& scenario = sweep.work.scenario;
  return scenario.sweep.repeat == 1 ? fmt::format("seed {}", scenario.seed)
                                    : fmt::format("seeds {} to {}", scenario.seed,
                                                  scenario.seed + scenario.sweep.repeat - 1);
}

// Of a sweep whose tables are made.
int tell_finished(const SweepFlags& flags, const OpenedSweep& sweep) {
  const auto path = sweep.folder / "runs.csv";
  std::istringstream lines(read_whole(path, "run the sweep again"));
  std::uint64_t runs = 0, not_passed = 0;
  std::string line;
  std::getline(lines, line);
  for (; std::getline(lines, line); ++runs) not_passed += !row_passed(line);
  if (flags.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"state", "finished"},
                                              {"runs", runs},
                                              {"runs_done", runs},
                                              {"not_passed", not_passed},
                                              {"path", path.string()}}
                           .dump());
  } else {
    fmt::print("finished: {} runs, {} not passed: {}\n", runs, not_passed, path.string());
  }
  return not_passed == 0 ? exit_pass : exit_violated;
}

void tell_in_json(const OpenedSweep& sweep, const ShardSurvey& found, const std::string& job) {
  auto failed = nlohmann::ordered_json::object();
  for (const auto& [shard, why] : found.failed) failed[std::to_string(shard)] = why;
  fmt::print("{}\n",
             nlohmann::ordered_json{{"state", found.missing.empty() ? "done" : "unfinished"},
                                    {"digest", sweep.plan.digest},
                                    {"runs", sweep.plan.runs},
                                    {"runs_done", found.runs},
                                    {"not_passed", found.not_passed},
                                    {"shards", sweep.plan.shards},
                                    {"done", found.done.size()},
                                    {"missing", found.missing.size() - found.failed.size()},
                                    {"failed", failed},
                                    {"job", job}}
                 .dump());
}

void tell_in_words(const OpenedSweep& sweep, const ShardSurvey& found, const std::string& job) {
  fmt::print("sweep:   {} on {}, {}, {} points, {} runs in {} shards, digest {}\n",
             sweep.work.scenario.file, name_of(sweep.work.fabric), seeds_text(sweep),
             sweep.work.points.size(), sweep.plan.runs, sweep.plan.shards, sweep.plan.digest);
  fmt::print("done:    {} shards, {} runs, {} not passed\n", found.done.size(), found.runs,
             found.not_passed);
  fmt::print("missing: {} shards\n", found.missing.size() - found.failed.size());
  fmt::print("failed:  {} shards\n", found.failed.size());
  for (const auto& [shard, why] : found.failed) fmt::print("  shard {}: {}", shard, why);
  if (!job.empty()) fmt::print("{}\n", job);
  fmt::print("lockstep sweep {} {}\n", sweep.folder.string(),
             found.missing.empty() ? "makes its tables" : "goes on with it");
}

}  // namespace

int sweep_status(const SweepFlags& flags) {
  const OpenedSweep sweep = open_sweep(flags);
  if (!sweep.under_way) {
    if (sweep.of_tables.is_null())
      throw NoSweep(fmt::format("{}: this sweep was not begun; run it without --status",
                                sweep.folder.string()));
    const std::string unlike = unlike_sweeps(sweep.of_tables, sweep.plan.manifest);
    if (!unlike.empty() && !flags.of_folder())
      throw OutputError(
          fmt::format("{}: holds the tables of a sweep with {}; run it without "
                      "--status to replace them, or choose another --out",
                      sweep.folder.string(), unlike));
    return tell_finished(flags, sweep);
  }
  sweep.require_alike();
  const SweepShards shards = sweep.shards();
  const ShardSurvey found = shards.survey();
  const std::string job = slurm_job_text(shards);
  flags.json ? tell_in_json(sweep, found, job) : tell_in_words(sweep, found, job);
  if (!found.missing.empty()) return exit_undecided;
  return found.not_passed == 0 ? exit_pass : exit_violated;
}

}  // namespace lockstep::sim
