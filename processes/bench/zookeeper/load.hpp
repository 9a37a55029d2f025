// A load against one ZooKeeper server from one thread, measured as wrk measures the others.
//
// What differs from them favours ZooKeeper: it is spoken to in its own protocol and not in HTTP,
// and sessions are opened before the clock starts. A linearizable get is sync and getData; the
// leader answers sync without asking the others whether it still leads (ZOOKEEPER-1675), so it is
// cheaper than a get of etcd or of ours.
#pragma once

#include <cstdint>

#include "core/base/time.hpp"
#include "processes/bench/load_result.hpp"

namespace lockstep::processes::zookeeper {

struct Traffic {
  unsigned connections = 1;  // at least 1
  bool writes = true;        // setData; otherwise sync and getData
  Duration length;
  unsigned keys = 1;         // these of create_keys(), one after another
  unsigned value_bytes = 1;  // written; a value of another size that is read counts as an error
};

// Throws std::runtime_error with a sentence when a session cannot be opened or nothing is answered.
[[nodiscard]] LoadResult run_load(std::uint16_t port, const Traffic& traffic);

}  // namespace lockstep::processes::zookeeper
