// The own pass over a scenario's text: checks the grammar and the limits, refuses duplicate keys,
// and records where every key and value stands. It makes no values; nlohmann's parser does that
// afterwards, on a text that is known to be good.
#pragma once

#include <string>
#include <string_view>

#include "sim/scenario/document.hpp"

namespace lockstep::sim {

// Throws ScenarioError. The text may start with a byte order mark.
[[nodiscard]] Marks scan(const std::string& file, std::string_view text);

}  // namespace lockstep::sim
