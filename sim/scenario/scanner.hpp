// The own pass over a scenario's text: checks the grammar and the limits, refuses duplicate keys,
// and records where every key and value stands. It makes no values; nlohmann's parser does that
// afterwards, on a text that is known to be good and from which the comments are gone, so that the
// two cannot disagree about where a comment ends.
#pragma once

#include <string>

#include "sim/scenario/document.hpp"

namespace lockstep::sim {

// Overwrites the comments with spaces. Throws ScenarioError. The text may start with a byte order
// mark.
[[nodiscard]] Marks scan(const std::string& file, std::string& text);

}  // namespace lockstep::sim
