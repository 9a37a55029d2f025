// What wrk is told to ask: scripts in Lua, one for each kind of server that speaks HTTP.
#pragma once

#include <string>

#include "processes/bench/kind.hpp"

namespace lockstep::processes {

// One key after another, of requests made beforehand: the load shares the machine with what it
// measures. REQUIRES: not ZooKeeper. etcd's gateway takes keys and values in base64.
[[nodiscard]] std::string wrk_script(Kind kind, bool writes);

}  // namespace lockstep::processes
