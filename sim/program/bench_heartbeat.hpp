// What one heartbeat costs a follower of the advanced Bully: the whole step, with prediction, score
// and answer.
#pragma once

namespace lockstep::sim {

struct HeartbeatCost {
  double median_us = 0;
  double mean_us = 0;  // trainings included, one in fifty
};
[[nodiscard]] HeartbeatCost measure_heartbeats(int beats);

}  // namespace lockstep::sim
