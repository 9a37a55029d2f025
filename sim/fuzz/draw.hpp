// draw: a seed to a whole scenario, as the JSON a file would hold.
//
// Swarm selection (Groce et al., 2012): every kind of fault, and every dimension that a scenario
// may leave alone (loss, duplication, slow disks, tiny messages, …), is on or off as a whole for a
// seed. Runs that have few of them go deeper than runs that have a little of everything. The same
// seed gives the same text on every machine.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/scenario/document.hpp"

namespace lockstep::sim {

enum class Budget : std::uint8_t {
  majority,  // after the faults enough is left or comes back, and progress is owed
  none       // anything may be lost for good, anything may be slow: safety only
};

// REQUIRES: a protocol the scenario reader knows.
[[nodiscard]] Json draw_scenario(std::string_view protocol, std::uint64_t seed,
                                 Budget budget = Budget::majority);

// The same around a scenario that exists: its cluster, network and workload with small changes, its
// faults with some left out, moved or added. What it expects is kept where the change leaves it
// true: rules always, recovery where it is owed. Throws ScenarioError when `base` is none.
[[nodiscard]] Json draw_around(const Json& base, std::uint64_t seed,
                               Budget budget = Budget::majority);

}  // namespace lockstep::sim
