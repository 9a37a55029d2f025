// The sweep that a command line means, by its scenario or by its folder, and what of it is there.
#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/program/commands.hpp"
#include "sim/program/sweep_shards.hpp"
#include "sim/program/sweep_work.hpp"

namespace lockstep::sim {

struct SweepFlags {
  ScenarioFlags scenario;  // its file may be the folder of a sweep
  std::string out = "results/sweeps";
  std::string shard;
  std::uint64_t shards = 0;  // 0: as many as suits
  std::optional<unsigned> jobs;
  std::string engine = "local";
  std::string hosts, hosts_file;
  std::vector<std::string> slurm_options;
  bool no_wait = false, status = false, json = false, afresh = false, quiet = false;

  [[nodiscard]] bool of_folder() const { return std::filesystem::is_directory(scenario.file); }
};

// There is no such sweep. what() says where, and what to do.
struct NoSweep : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct OpenedSweep {
  SweepWork work;
  std::filesystem::path folder;
  SweepPlan plan;                    // the one in the folder, where there is one
  bool under_way = false;            // a plan is in the folder
  std::string unlike;                // why that one is of another sweep; empty: it is not
  nlohmann::ordered_json of_tables;  // the manifest beside finished tables; null: there are none
  [[nodiscard]] SweepShards shards() const { return {folder, plan}; }
  // Throws OutputError where `unlike` says so.
  void require_alike() const;
};

// Throws ScenarioError, OutputError, and NoSweep where a folder is named that holds none. A
// folder's relative paths start where its sweep was begun, so the working folder changes to there.
[[nodiscard]] OpenedSweep open_sweep(const SweepFlags& flags);

}  // namespace lockstep::sim
