// metrics.csv: what clients did, second by second; tidy, units in the column names.
#pragma once

#include <string>

#include "sim/world/outcome.hpp"

namespace lockstep::sim {

// A row a second of the run: operations begun in it, ended ok and failed in it, and the latencies
// of those that ended ok. What happens at the very end counts for the last row.
[[nodiscard]] std::string metrics_csv(const Outcome& outcome);

}  // namespace lockstep::sim
