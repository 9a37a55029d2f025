// The keys of config that are the machine's.
#pragma once

#include "core/flood/config.hpp"
#include "sim/scenario/reader.hpp"

namespace lockstep::sim {

void read_flood_keys(Reader& config, flood::Config& machine);

}  // namespace lockstep::sim
