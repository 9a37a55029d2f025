// bench advanced_bully: whole simulations of the advanced Bully. Does a coordinator that falls ill
// hand over before it crashes, how long before, does a healthy one keep its office, and how long do
// a thousand nodes take?
#pragma once

#include "sim/program/commands.hpp"

namespace lockstep::sim {

Action add_bench_advanced_bully(CLI::App& bench);

}  // namespace lockstep::sim
