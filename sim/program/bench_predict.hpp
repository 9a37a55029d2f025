// bench predict: which crashes the failure predictor foresees, how long before, how often it
// suspects a healthy node, and what a heartbeat costs.
#pragma once

#include "sim/program/commands.hpp"

namespace lockstep::sim {

Action add_bench_predict(CLI::App& bench);

}  // namespace lockstep::sim
