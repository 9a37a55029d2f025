// Schedule: when each fault of a scenario strikes, laid out before the run from the seed.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/random.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

struct Strike {
  Instant at;
  std::size_t fault = 0;  // place in scenario.faults
};

// In order of time, then of the file. Nothing lies beyond the scenario's duration.
[[nodiscard]] std::vector<Strike> lay_out(const Scenario& scenario, Random& random);

}  // namespace lockstep::sim
