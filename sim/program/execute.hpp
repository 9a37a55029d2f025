// One run in this process, on the chosen fabric.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/scenario/scenario.hpp"
#include "sim/world/outcome.hpp"

namespace lockstep::sim {

enum class FabricKind : std::uint8_t { simgrid, loop };
constexpr std::string_view name_of(FabricKind kind) {
  return kind == FabricKind::simgrid ? "simgrid" : "loop";
}
[[nodiscard]] bool simgrid_is_built();

// SimGrid can be used once in a process. Throws ScenarioError.
[[nodiscard]] Outcome execute(const Scenario& scenario, FabricKind fabric,
                              const RunOptions& options = {});

}  // namespace lockstep::sim
