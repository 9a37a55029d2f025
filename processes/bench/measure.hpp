// One load, run by run against ours and against the others in turn; medians and ratios of them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "processes/bench/clusters.hpp"
#include "processes/bench/loads.hpp"

namespace lockstep::processes {

struct Effort {
  int runs = 3;          // of each load against each cluster
  unsigned seconds = 5;  // of one run
  std::string folder;    // for scripts
};

// Every key is there before anything is read or timed, and a JVM has compiled what it runs.
void fill(const BenchCluster& cluster, const std::string& folder);

// p50_ms, per_s, errors, target_per_s and stages (Stages::json, post_json) of ours; for each other
// kind its own p50_ms, per_s and errors under its name, and ratio_<name>: how many times as fast we
// are, null where it was not measured. A ratio is the median of those of runs beside each other: of
// p50 where Load::by_latency() says so, otherwise of per_s.
[[nodiscard]] nlohmann::ordered_json measure(const Load& load, const BenchCluster& ours,
                                             const std::vector<const BenchCluster*>& others,
                                             const Effort& effort);

}  // namespace lockstep::processes
