// sweep: many runs of one scenario over its axes and seeds.
#include <fmt/core.h>

#include <chrono>

#include "sim/program/commands.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/outside.hpp"
#include "sim/program/results.hpp"
#include "sim/program/sweep_rows.hpp"
#include "sim/program/sweep_whole.hpp"
#include "sim/program/terminal.hpp"
#include "sim/program/whole_files.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;
namespace {

// A part of a sweep as a table of its own, for `lockstep merge`; nothing is kept of it meanwhile.
int sweep_part(const SweepFlags& flags) {
  const auto [place, of] = shard_from(flags.shard);
  const OpenedSweep sweep = open_sweep(flags);
  require_writable(sweep.folder);
  const Jobs jobs = jobs_of(sweep.work, runs_of_shard(sweep_size(sweep.work.scenario), place, of),
                            flags.jobs.value_or(2));
  const auto start = std::chrono::steady_clock::now();
  JobResults results;
  {
    Progress progress("runs", jobs.numbers.size());
    results = run_jobs(jobs, [&](std::uint64_t count) { progress.done(count); });
  }
  for (const auto& error : results.errors)
    fmt::print(stderr, "{}: {}\n", sweep.work.scenario.file, error);
  if (results.answers.empty()) {
    fmt::print(stderr, "lockstep: no run finished\n");
    return results.interrupted ? exit_interrupted : exit_internal;
  }
  std::uint64_t not_passed = 0;
  for (const auto& [number, answer] : results.answers)
    not_passed += !row_passed(std::string_view(answer).substr(answer.find('\n') + 1));
  const bool whole = !results.interrupted && results.errors.empty();
  const fs::path path =
      sweep.folder / (whole ? fmt::format("runs.{}-of-{}.csv", place, of) : "runs.incomplete.csv");
  write_whole(path, table_of(results.answers));
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  fmt::print("{} runs of {} in {:.1f} s on {}, {} not passed: {}\n", results.answers.size(),
             sweep_size(sweep.work.scenario), wall.count(), name_of(sweep.work.fabric), not_passed,
             path.string());
  if (results.interrupted) {
    fmt::print(stderr, "lockstep: interrupted; the {} runs that were finished are in {}\n",
               results.answers.size(), path.string());
    return exit_interrupted;
  }
  if (!results.errors.empty()) return exit_internal;
  return not_passed == 0 ? exit_pass : exit_violated;
}

int sweep(const SweepFlags& flags) {
  if (flags.status) return sweep_status(flags);
  if (flags.shard.empty()) return sweep_whole(flags);
  if (flags.of_folder()) return sweep_one_shard(flags);
  return flags.shard == "1/1" ? sweep_whole(flags) : sweep_part(flags);
}

// The first of `names` that was given; empty when none was.
std::string given_of(const CLI::App& command, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (command.count(name) > 0) return name;
  }
  return "";
}

// Throws CLI::ValidationError for flags that mean nothing together.
void refuse_contradictions(const CLI::App& command, const SweepFlags& flags) {
  const auto refuse = [](const std::string& flag, const std::string& why) {
    if (!flag.empty()) throw CLI::ValidationError(flag, why);
  };
  if (flags.of_folder())
    refuse(given_of(command, {"--set", "--seed", "--fabric", "--out", "--shards", "--afresh"}),
           "the folder of a sweep says that itself; leave it away, or name the scenario");
  if (flags.engine != "parallel")
    refuse(given_of(command, {"--sshlogin", "--sshloginfile"}), "is for --engine parallel");
  if (flags.engine != "slurm")
    refuse(given_of(command, {"--slurm-option", "--no-wait"}), "is for --engine slurm");
  if (!flags.shard.empty())
    refuse(given_of(command, {"--engine", "--status", "--afresh", "--shards"}),
           "is for whole sweeps; leave --shard away");
  if (flags.status)
    refuse(given_of(command, {"--engine", "--jobs", "--afresh"}), "changes nothing with --status");
  if (!flags.status) refuse(given_of(command, {"--json"}), "is for --status");
}

int with_errors(const CLI::App& command, const SweepFlags& flags) {
  const auto told = [](const std::exception& error, int code) {
    fmt::print(stderr, "{}\n", error.what());
    return code;
  };
  try {
    refuse_contradictions(command, flags);
    return sweep(flags);
  } catch (const OutputError& error) {
    return told(error, exit_cannot_create);
  } catch (const NoSweep& error) {
    return told(error, exit_no_input);
  } catch (const OutsideError& error) {
    return told(error, exit_internal);
  } catch (const CLI::ValidationError& error) {
    fmt::print(stderr, "lockstep: {}\n", error.what());
    return exit_usage;
  }
}

void add_engine_flags(CLI::App& command, SweepFlags& flags) {
  command.add_option("--engine", flags.engine, "who performs the runs: local, parallel or slurm")
      ->check(CLI::IsMember({"local", "parallel", "slurm"}))
      ->capture_default_str();
  command.add_option("--sshlogin", flags.hosts,
                     "parallel: hosts as GNU Parallel takes them, as in 8/n1,n2,: (: is this one)");
  command.add_option("--sshloginfile", flags.hosts_file, "parallel: a file with a host a line");
  command
      .add_option("--slurm-option", flags.slurm_options,
                  "slurm: for sbatch, as in --slurm-option=--partition=long; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  command.add_flag("--no-wait", flags.no_wait,
                   "slurm: leave when the job is submitted; --status tells how far it is");
}

}  // namespace

Action add_sweep(CLI::App& app) {
  auto* command = app.add_subcommand(
      "sweep",
      "Run a scenario over its sweep: runs.csv, points.csv; one that was interrupted goes on. "
      "Exit 1 if any run did not pass.");
  auto flags = std::make_shared<SweepFlags>();
  flags->scenario.add_to(*command, "loop");
  command->get_option("FILE")->description("the scenario, or the folder of an unfinished sweep");
  command
      ->add_option("--jobs", flags->jobs,
                   "processes, 2 by itself; parallel: on each host, as many as it has cores by "
                   "itself; slurm: of each task")
      ->check(CLI::Range(1u, 1024u));
  command
      ->add_option("--shard", flags->shard,
                   "i/N: every N-th run, beginning with the i-th, as a table for lockstep merge")
      ->check([](const std::string& text) {
        try {
          (void)shard_from(text);
          return std::string();
        } catch (const std::runtime_error& error) {
          return std::string(error.what());
        }
      });
  command
      ->add_option("--shards", flags->shards,
                   "pieces that engines and interruptions take a sweep for; at most 256 by itself")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}));
  command->add_option("--out", flags->out, "folder that gets <scenario>/runs.csv")
      ->capture_default_str();
  add_engine_flags(*command, *flags);
  command->add_flag("--status", flags->status,
                    "how much is done, missing and failed; exit 2 while it is not finished");
  command->add_flag("--json", flags->json, "with --status: one line of JSON");
  command->add_flag("--afresh", flags->afresh, "forget what an interruption left, and run it all");
  command->add_flag("--quiet", flags->quiet, "print the last line only");
  return [command, flags] { return with_errors(*command, *flags); };
}

}  // namespace lockstep::sim
