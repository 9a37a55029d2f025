// Draws of latencies.
#pragma once

#include "core/base/random.hpp"
#include "sim/scenario/latency.hpp"

namespace lockstep::sim {

// One draw of what varies in a latency: nothing for a constant one.
[[nodiscard]] Duration draw_jitter(const Latency& latency, Random& random);
// One draw of a whole latency.
[[nodiscard]] Duration draw_latency(const Latency& latency, Random& random);

}  // namespace lockstep::sim
