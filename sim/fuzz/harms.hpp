// Harms: what the faults of a scenario leave behind when nothing else happens any more.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

struct Harms {
  std::set<std::uint32_t> nodes;  // down, paused or cut off for good, by number
  std::uint32_t somebody = 0;     // further ones, whom nobody can name before the run
  std::uint32_t spoilt = 0;       // … whose disks are damaged, so that they may not start again
  bool one_way = false;           // one of them still speaks, or still hears
  bool unclear = false;           // links are slow or cut for good so that nothing can be said
  bool calm = false;  // the last word is a heal: no loss, duplication or reordering after it
  Instant last;       // the last disturbance
  Duration late;      // what was held back before the heal, or stood still, comes so late at most
};

[[nodiscard]] Harms harms_of(const Scenario& scenario);

}  // namespace lockstep::sim
