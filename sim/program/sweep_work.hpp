// The runs of a sweep, performed by processes of this machine.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/program/execute.hpp"
#include "sim/program/sweep_shards.hpp"
#include "sim/program/workers.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {

struct SweepWork {
  Scenario scenario;
  FabricKind fabric = FabricKind::loop;
  std::vector<Overrides> points;
  std::vector<Scenario> at_point;  // a scenario for each of them

  SweepWork(Scenario of, FabricKind on);  // throws ScenarioError
};

// The table of some runs: the header, then a row a run.
[[nodiscard]] std::string table_of(const std::map<std::uint64_t, std::string>& rows);

// Each answer is a table of that run alone.
[[nodiscard]] Jobs jobs_of(const SweepWork& work, std::vector<std::uint64_t> runs,
                           unsigned processes);

struct ShardsPerformed {
  std::map<std::uint64_t, std::string> rows;  // tables of finished runs whose shard is not done
  std::vector<std::string> errors;            // one line each
  bool interrupted = false;
};

// Performs `shards` and keeps each as soon as it is done. `done` gets the number of finished runs.
[[nodiscard]] ShardsPerformed perform_shards(const SweepWork& work, const SweepShards& shards,
                                             const std::vector<std::uint64_t>& which,
                                             unsigned processes,
                                             const std::function<void(std::uint64_t)>& done);

}  // namespace lockstep::sim
