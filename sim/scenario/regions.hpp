// Regions from a file such as scenarios/platforms/gcp3.json: names and round trips.
//
//   { "format": 1, "title": …, "source": …, "regions": ["Iowa", "Belgium"],
//     "inside": "500 us", "round_trip": { "Iowa": { "Belgium": "112 ms" } } }
//
// One way is half of a round trip. A pair that is given in one direction only is symmetric; a pair
// that is not given at all is refused. `inside` is the round trip within a region.
#pragma once

#include <optional>
#include <string>

#include "sim/scenario/reader.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

// The placement is left empty.
[[nodiscard]] Regions load_regions(const std::string& path);

// The file a scenario names: beside the scenario, in the folder above it, or in scenarios/ below
// the working folder. Refused when it is in none of them.
[[nodiscard]] std::string find_file(const Value& name);
// The same for the scenario in `file`; nothing when it is in none of them.
[[nodiscard]] std::optional<std::string> found_from(const std::string& wanted,
                                                    const std::string& file);

}  // namespace lockstep::sim
