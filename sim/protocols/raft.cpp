#include "sim/protocols/raft_protocol.hpp"
#include "sim/protocols/registry.hpp"

namespace lockstep::sim {

namespace {
// Of this file alone: then the compiler knows everybody who calls what is made of it.
struct SimulatedRaft : RaftProtocol {};
}  // namespace

Outcome run_raft(const Scenario& scenario, Fabric& fabric, const RunOptions& options) {
  return World<SimulatedRaft>(scenario, fabric, options).run();
}

}  // namespace lockstep::sim
