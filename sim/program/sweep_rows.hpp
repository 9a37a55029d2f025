// The two tables of a sweep. runs.csv has one row a run; points.csv is computed from the text of
// runs.csv alone, so shards that are merged give the same bytes as one sweep.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/parse.hpp"
#include "sim/world/outcome.hpp"

namespace lockstep::sim {

// One run of a sweep: its number gives its point and its seed.
struct SweepRun {
  std::uint64_t number = 0;  // from 0
  std::uint64_t point = 0;   // from 0
  std::uint64_t seed = 0;
};

// The runs in order: every repetition of the first point, then of the second, …; repetition r has
// seed `seed + r`.
[[nodiscard]] SweepRun sweep_run(const Scenario& scenario, std::uint64_t number);
[[nodiscard]] std::uint64_t sweep_size(const Scenario& scenario);

// "run,point,<axes…>,seed,verdict,digest,<figures…>"
[[nodiscard]] std::string runs_header(const Scenario& scenario, const Outcome& sample);
[[nodiscard]] std::string runs_row(const Scenario& scenario, const SweepRun& run,
                                   const Overrides& point, const Outcome& outcome);

// "point,figure,n,mean,p1,p10,p50,p90,p99,max": a row a point and figure, of the runs that have the
// figure. Throws std::runtime_error where `runs` is not such a table.
[[nodiscard]] std::string points_table(const std::string& runs);
// Rows of several tables in the order of their runs. Throws std::runtime_error when headers differ
// or a run is there twice.
[[nodiscard]] std::string merge_runs(const std::vector<std::string>& tables);

}  // namespace lockstep::sim
