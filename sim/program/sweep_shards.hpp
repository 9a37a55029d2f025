// What of a sweep is there already: a file for each shard in FOLDER/shards, written under another
// name and renamed, so that any number of programs on any hosts that see the folder may perform
// any shards at once. A file that was torn or that is of another sweep is known for it, and counts
// as missing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/program/sweep_plan.hpp"

namespace lockstep::sim {

struct ShardSurvey {
  std::vector<std::uint64_t> done, missing;     // missing: failed ones included
  std::map<std::uint64_t, std::string> failed;  // why, a line for each reason
  std::uint64_t runs = 0, not_passed = 0;       // of those done
};

class SweepShards {
 public:
  // `folder`: of the sweep. Touches nothing.
  SweepShards(const std::filesystem::path& folder, SweepPlan plan);

  [[nodiscard]] const SweepPlan& plan() const { return plan_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path log_folder() const { return folder_ / "log"; }
  [[nodiscard]] std::filesystem::path lock_file() const { return folder_ / "lock"; }

  // Throws OutputError where the plan cannot be read. Nothing where there is none.
  [[nodiscard]] static std::optional<SweepPlan> kept_plan(const std::filesystem::path& folder);
  void keep_plan() const;
  // Everything but what locks it.
  void forget_all() const;

  // The table of a shard: a header and its rows in order. Throws OutputError.
  void keep(std::uint64_t shard, const std::string& table) const;
  void keep_failure(std::uint64_t shard, const std::string& why) const;
  void forget_failure(std::uint64_t shard) const;
  [[nodiscard]] std::optional<std::string> table(std::uint64_t shard) const;

  [[nodiscard]] ShardSurvey survey() const;
  // Of files only, to watch how they grow.
  [[nodiscard]] std::uint64_t count_files() const;
  // The tables of all shards as one, in the order of runs; every shard must be done.
  [[nodiscard]] std::string merged() const;
  void remove() const;

 private:
  [[nodiscard]] std::filesystem::path path_of(std::uint64_t shard, const char* ending) const;
  [[nodiscard]] std::string head_of(std::uint64_t shard, const std::string& table) const;

  std::filesystem::path folder_;
  SweepPlan plan_;
};

// Whether a row of a runs.csv is of a run that passed.
[[nodiscard]] bool row_passed(std::string_view row);

}  // namespace lockstep::sim
