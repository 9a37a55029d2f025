#include <fmt/core.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "sim/program/interrupts.hpp"
#include "sim/program/outside.hpp"
#include "sim/program/results.hpp"
#include "sim/program/sweep_engines.hpp"
#include "sim/program/whole_files.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;
namespace {

constexpr auto between_looks = std::chrono::milliseconds(200);
constexpr int looks_between_questions = 5;  // the controller has others to answer
// A shared folder may show a file some time after it was written elsewhere.
constexpr int looks_for_latecomers = 25;

fs::path job_file(const SweepShards& shards) { return shards.folder() / "slurm.job"; }

std::string kept_job(const SweepShards& shards) {
  std::string job;
  std::ifstream(job_file(shards)) >> job;
  return job;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// How many of the job's tasks are in which state; none when it is through. Nothing when the
// controller does not answer.
std::optional<std::map<std::string, int>> states_of(const std::string& job) {
  const Said said = ask({"squeue", "--noheader", "--array", "--format=%T", "--jobs=" + job});
  if (said.code != 0)
    return said.err.find("Invalid job id") != std::string::npos
               ? std::optional(std::map<std::string, int>{})
               : std::nullopt;
  std::map<std::string, int> states;
  std::istringstream lines(said.out);
  for (std::string state; lines >> state;) ++states[state];
  return states;
}

std::string doubled_percent(const std::string& path) {
  std::string text;
  for (const char c : path) text += c == '%' ? std::string("%%") : std::string(1, c);
  return text;
}

std::string submit(const EngineTask& task) {
  require_writable(task.shards->log_folder());
  std::vector<std::string> words{
      "sbatch", "--parsable", "--job-name=lockstep-sweep", "--array=" + ranges_text(task.missing),
      "--output=" + doubled_percent(task.shards->log_folder().string()) + "/%a.txt"};
  if (task.jobs) words.push_back(fmt::format("--cpus-per-task={}", *task.jobs));
  words.insert(words.end(), task.slurm_options.begin(), task.slurm_options.end());
  const std::string script =
      fmt::format("#!/bin/sh\nexec {} sweep {} --shard \"$SLURM_ARRAY_TASK_ID/{}\" --jobs {}\n",
                  shell_word(fs::read_symlink("/proc/self/exe").string()), shell_word(task.sweep),
                  task.shards->plan().shards, task.jobs.value_or(1));
  const Said said = ask(words, script);
  const std::string job = first_line(said.out).substr(0, said.out.find(';'));
  if (said.code != 0 || job.empty())
    throw OutsideError(
        fmt::format("--engine slurm: sbatch refused: {}; see that slurmctld answers (sinfo) and "
                    "what it limits (MaxArraySize; --shards makes fewer)",
                    first_line(said.err)));
  write_whole(job_file(*task.shards), job + "\n");
  return job;
}

bool interrupted_while_waiting(const EngineTask& task, const std::string& job) {
  int look = 0, late = 0;
  for (;; ++look) {
    std::this_thread::sleep_for(between_looks);
    const std::uint64_t files = task.shards->count_files();
    if (task.done) task.done(files);
    if (NotesInterrupts::came()) return true;
    if (files >= task.shards->plan().shards) return false;
    if (late == 0 && look % looks_between_questions != 0) continue;
    if (late > 0) {
      if (++late > looks_for_latecomers) return false;
      continue;
    }
    const auto states = states_of(job);
    if (!states || !states->empty()) continue;
    const ShardSurvey found = task.shards->survey();
    if (found.missing.size() == found.failed.size()) return false;
    late = 1;
  }
}

}  // namespace

EngineAnswer perform_by_slurm(const EngineTask& task) {
  if (!is_installed("sbatch"))
    throw OutsideError(
        "--engine slurm: sbatch is not installed here; install Debian's package 'slurm-client' on "
        "a host of the cluster ('slurm-wlm' for a whole one), or leave --engine away");
  const NotesInterrupts notes;
  std::string job = kept_job(*task.shards);
  const auto states = job.empty() ? std::nullopt : states_of(job);
  if (!states || states->empty()) job = submit(task);
  if (!task.wait) return {false, "slurm job " + job};
  if (task.say)
    task.say(fmt::format("waiting for slurm job {}, {} shards; Ctrl-C ends it, --no-wait leaves it",
                         job, task.missing.size()));
  const bool interrupted = interrupted_while_waiting(task, job);
  if (interrupted) (void)ask({"scancel", job});
  fs::remove(job_file(*task.shards));
  return {interrupted, ""};
}

std::string slurm_job_text(const SweepShards& shards) {
  const std::string job = kept_job(shards);
  if (job.empty()) return "";
  const auto states = is_installed("squeue") ? states_of(job) : std::nullopt;
  if (!states) return fmt::format("slurm job {}: squeue does not tell", job);
  std::string text;
  for (const auto& [state, count] : *states)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, state);
  return fmt::format("slurm job {}: {}", job, text.empty() ? "through" : text);
}

}  // namespace lockstep::sim
