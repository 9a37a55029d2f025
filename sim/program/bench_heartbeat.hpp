// What one heartbeat costs a follower of the advanced Bully: the whole step, with prediction, score
// and answer. Means in CPU time, which does not
// see other processes.
#pragma once

namespace lockstep::sim {

[[nodiscard]] double cpu_seconds();  // of this process

struct HeartbeatCost {
  double median_us = 0;
  double mean_us = 0;  // trainings included, one in fifty
};
[[nodiscard]] HeartbeatCost measure_heartbeats(int beats);

}  // namespace lockstep::sim
