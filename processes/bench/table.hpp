// What was measured of one load, for people: the kinds below one another, in columns.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "processes/bench/loads.hpp"

namespace lockstep::processes {

// `figures` is what measure() gives. A kind that was not measured has no line; MISSED stands where
// a ratio or a rate is below its target.
[[nodiscard]] std::string text_of(const Load& load, const nlohmann::ordered_json& figures);

}  // namespace lockstep::processes
