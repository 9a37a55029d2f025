#include "sim/program/execute.hpp"

#include <algorithm>

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

bool Recording::changes_role(const TracedStep& step) {
  auto known = std::find_if(shown_.begin(), shown_.end(),
                            [&](const Shown& s) { return s.node == step.node; });
  if (known == shown_.end()) known = shown_.insert(shown_.end(), {step.node, "", 0});
  const bool changed = known->role != step.role || known->term != step.term;
  known->role = step.role;
  known->term = step.term;
  return changed;
}

void Recording::operator()(TraceLine&& line) {
  if (const auto* step = std::get_if<TracedStep>(&line)) {
    ++steps_;
    const bool change = changes_role(*step);
    if (steps_ > most_ && !change) return;
  } else if (steps_ > most_ && std::holds_alternative<TracedDrop>(line)) {
    return;
  }
  lines_.push_back(std::move(line));
}

}  // namespace lockstep::sim
