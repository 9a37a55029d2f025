// bench flood: floods over a crawl of Gnutella, counted against figures derived from the
// definition, and over networks of up to a million peers: how long they take, and in how much
// memory.
#pragma once

#include "sim/program/commands.hpp"

namespace lockstep::sim {

Action add_bench_flood(CLI::App& bench);

}  // namespace lockstep::sim
