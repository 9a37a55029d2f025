// A time series cut into windows of one length.
#pragma once

#include <vector>

#include "core/base/time.hpp"

namespace lockstep::sim {

struct Reading {
  Instant at;
  double value = 0;
};
struct Window {
  Instant from;                // whole lengths after the start of the run
  std::vector<double> values;  // of [from, from + length), in the order of the readings
};

// Every window from the one with the first reading to the one with the last; those between them
// may be empty. REQUIRES: length > 0, no instant before the start.
[[nodiscard]] std::vector<Window> in_windows(const std::vector<Reading>& readings, Duration length);

}  // namespace lockstep::sim
