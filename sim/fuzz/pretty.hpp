// pretty: a scenario as people write one: what fits on a line stands on a line.
#pragma once

#include <string>

#include "sim/scenario/document.hpp"

namespace lockstep::sim {

// Ends with a line break. Reading it gives the same JSON.
[[nodiscard]] std::string pretty(const Json& json);

}  // namespace lockstep::sim
