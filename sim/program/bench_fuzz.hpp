// bench fuzz: how fast runs are when everything is checked, and what a long campaign remembers.
#pragma once

#include "sim/program/commands.hpp"

namespace lockstep::sim {

Action add_bench_fuzz(CLI::App& bench);

}  // namespace lockstep::sim
