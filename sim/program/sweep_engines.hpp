// Engines: who performs the shards of a sweep that are missing. Each only starts
// `lockstep sweep FOLDER --shard i/N` somewhere that sees the folder; what comes of it is in the
// folder, so no engine can make a verdict different.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/program/sweep_shards.hpp"

namespace lockstep::sim {

struct EngineTask {
  const SweepShards* shards = nullptr;
  std::string sweep;                       // the sweep's folder, absolute
  std::vector<std::uint64_t> missing;      // shards to perform; not empty
  std::optional<unsigned> jobs;            // parallel: on each host; slurm: processors of a task
  std::string hosts, hosts_file;           // parallel: --sshlogin, --sshloginfile
  std::vector<std::string> slurm_options;  // for sbatch
  bool wait = true;                        // slurm: until the job is through
  std::function<void(std::uint64_t)> done = {};      // number of shards that are there
  std::function<void(const std::string&)> say = {};  // a line for whoever waits
};

struct EngineAnswer {
  bool interrupted = false;
  std::string left_to;  // who goes on without us: "slurm job 17"; empty when nobody
};

// GNU Parallel. Throws OutsideError.
[[nodiscard]] EngineAnswer perform_by_parallel(const EngineTask& task);

// An array of Slurm, a task a shard. Goes on waiting where one of this sweep is under way. Throws
// OutsideError.
[[nodiscard]] EngineAnswer perform_by_slurm(const EngineTask& task);
// "slurm job 17: 3 RUNNING, 12 PENDING"; empty where no job was left at work.
[[nodiscard]] std::string slurm_job_text(const SweepShards& shards);

}  // namespace lockstep::sim
