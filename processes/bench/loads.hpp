// The loads that are measured, and what they do to every kind of server alike.
#pragma once

#include "processes/bench/kind.hpp"

namespace lockstep::processes {

// In a closed loop: each connection has one operation under way. Puts write values of value_bytes
// to one of the keys after another, gets read them linearizably; posts are messages of value_bytes.
struct Load {
  const char* name;
  unsigned connections;
  bool writes;
  double target_etcd;       // at least so many times as fast as etcd
  double target_zookeeper;  // the same of ZooKeeper; 0: none
  double target_per_s = 0;  // answers a second, whatever others do; 0: none

  [[nodiscard]] constexpr double target(Kind other) const {
    return other == Kind::etcd ? target_etcd : target_zookeeper;
  }
  // One connection that writes is about latency, all others are about throughput.
  [[nodiscard]] constexpr bool by_latency() const { return connections == 1 && writes; }
};
inline constexpr Load loads[] = {{"put_1", 1, true, 3, 0},
                                 {"put_64", 64, true, 5, 2},
                                 {"put_256", 256, true, 6, 0},
                                 {"get_1", 1, false, 4, 0},
                                 {"get_64", 64, false, 6, 0}};
inline constexpr Load post_load{"post_64", 64, true, 0, 0, 10'000};  // of Kind::messages
inline constexpr unsigned value_bytes = 256;
inline constexpr unsigned keys = 1000;

}  // namespace lockstep::processes
