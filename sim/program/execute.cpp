#include "sim/program/execute.hpp"

#include "sim/fabric/fabric.hpp"
#include "sim/protocols/registry.hpp"
#include "sim/scenario/document.hpp"

namespace lockstep::sim {

bool simgrid_is_built() {
#ifdef LOCKSTEP_HAS_SIMGRID
  return true;
#else
  return false;
#endif
}

Outcome execute(const Scenario& scenario, [[maybe_unused]] FabricKind kind,
                const RunOptions& options) {
  std::unique_ptr<Fabric> fabric;
#ifdef LOCKSTEP_HAS_SIMGRID
  if (kind == FabricKind::simgrid) fabric = make_simgrid_fabric(scenario);
#endif
  if (!fabric) {
    if (!scenario.network.platform.empty()) {
      throw ScenarioError(scenario.file, {}, "network.platform",
                          "only SimGrid reads a platform file; use --fabric simgrid");
    }
    fabric = make_loop_fabric(scenario);
  }
  return runner_of(scenario.protocol)(scenario, *fabric, options);
}

}  // namespace lockstep::sim
