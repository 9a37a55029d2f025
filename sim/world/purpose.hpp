// What a stream of chance is for: mixed with the scenario's seed, so that the streams of a run are
// unrelated, and the same in every world that runs the scenario.
#pragma once

#include <cstdint>

namespace lockstep::sim {

enum class Purpose : std::uint64_t {
  machine = 1,
  client,
  post,
  faults,
  targets,
  workload,
  disk,
  bursts,
  disk_faults,
  treason,
  topology,
  files
};

}  // namespace lockstep::sim
