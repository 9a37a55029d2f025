// A sweep as a fixed list of runs, cut into shards, and which sweep it is. The list is a function
// of the scenario alone, so a shard has the same rows whoever performs it, and when.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

struct SweepPlan {
  std::uint64_t runs = 0;
  std::uint64_t shards = 1;         // 1..runs
  std::string directory;            // where the scenario's relative paths start
  std::string digest;               // of scenario, seeds, fabric and build
  nlohmann::ordered_json manifest;  // manifest.json, as it is to stand beside the tables
};

// Short enough that little is lost with one, few enough that files cost nothing beside the runs.
inline constexpr std::uint64_t most_shards_by_itself = 256;

// `at_point`: the scenario at each point; what the files say that they name is part of the digest,
// and so is `build`, whatever of the program the manifest does not tell. `shards` 0: as many as
// suits.
[[nodiscard]] SweepPlan plan_of(const Scenario& scenario, const std::vector<Scenario>& at_point,
                                nlohmann::ordered_json manifest, const std::string& build,
                                std::string directory, std::uint64_t shards);

// The runs of a shard, 1..shards: every shards-th one, beginning with the shard-th.
[[nodiscard]] std::vector<std::uint64_t> runs_of_shard(std::uint64_t runs, std::uint64_t shard,
                                                       std::uint64_t shards);

// "3/64" to {3, 64}. Throws std::runtime_error.
[[nodiscard]] std::pair<std::uint64_t, std::uint64_t> shard_from(const std::string& text);

[[nodiscard]] std::string plan_text(const SweepPlan& plan);
// Throws std::runtime_error that says what is wrong with the text.
[[nodiscard]] SweepPlan plan_from(const std::string& text);

// Why two manifests are not of one sweep, as "another scenario, other seeds"; empty when they are.
[[nodiscard]] std::string unlike_sweeps(const nlohmann::ordered_json& kept,
                                        const nlohmann::ordered_json& wanted);

// {1, 2, 3, 7} as "1-3,7"; the numbers go up.
[[nodiscard]] std::string ranges_text(const std::vector<std::uint64_t>& numbers);

}  // namespace lockstep::sim
