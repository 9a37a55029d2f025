// The past that a scenario's `setup` gives a node: what its disk holds before it first starts.
#pragma once

#include <string>

#include "core/raft/types.hpp"

namespace lockstep::processes {

// REQUIRES: no log in that folder. Throws net::StorageFailed.
void lay_down_past(const std::string& folder, const std::string& cluster, NodeId node,
                   const raft::Record& record);

}  // namespace lockstep::processes
