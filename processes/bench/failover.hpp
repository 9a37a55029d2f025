// What a cluster costs when nothing happens, and how long writes stop when its leader is killed.
#pragma once

#include "processes/bench/clusters.hpp"

namespace lockstep::processes {

struct Idle {
  double cpu_percent = 0;  // of one core; the worst of the three
  double mib = 0;          // resident; the worst of the three
};
// Over five seconds.
[[nodiscard]] Idle measure_idle(const BenchCluster& cluster);

struct Failover {
  double p50_ms = 0, p99_ms = 0, max_ms = 0;
};
// Kills the leader with SIGKILL that often and takes the time from the kill to the first write that
// is done; one client writes all the time. It is restarted, and has caught up before the next kill.
[[nodiscard]] Failover measure_failover(BenchCluster& cluster, int kills);

}  // namespace lockstep::processes
