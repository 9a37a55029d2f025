// bench lamport: latency, throughput and recovery of the replicated Lamport log in simulated time,
// beside the figures of a deployment on three machines, and how fast its machines step.
#pragma once

#include "sim/program/commands.hpp"

namespace lockstep::sim {

Action add_bench_lamport(CLI::App& bench);

}  // namespace lockstep::sim
