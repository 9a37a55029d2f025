#include "sim/protocols/flood_protocol.hpp"
#include "sim/protocols/registry.hpp"

namespace lockstep::sim {

namespace {
// Of this file alone: then the compiler knows everybody who calls what is made of it.
struct SimulatedFlood : FloodProtocol {};
}  // namespace

Outcome run_flood(const Scenario& scenario, Fabric& fabric, const RunOptions& options) {
  return World<SimulatedFlood>(scenario, fabric, options).run();
}

}  // namespace lockstep::sim
