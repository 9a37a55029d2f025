// From a file to a Scenario: every key known, every unit right, nothing contradictory. All errors
// are ScenarioError.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/scenario/formats.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

// Path and value, as --set path=value gives them; see Document::set.
using Overrides = std::vector<std::pair<std::string, std::string>>;
// From the texts "path=value" of the command line.
[[nodiscard]] Overrides overrides_from(const std::string& file,
                                       const std::vector<std::string>& settings,
                                       const std::optional<std::uint64_t>& seed);

[[nodiscard]] Scenario load_scenario(
    const std::string& path, const Overrides& overrides = {},
    const std::vector<ProtocolFormat>& formats = protocol_formats());

// The same from a text; `name` stands in errors and is where relative paths start.
[[nodiscard]] Scenario parse_scenario(
    const std::string& name, std::string_view text, const Overrides& overrides = {},
    const std::vector<ProtocolFormat>& formats = protocol_formats());

// The product of a sweep's axes, the last one fastest; one empty point when there is no axis.
[[nodiscard]] std::vector<Overrides> sweep_points(const Sweep& sweep);
// The scenario at one point: the overrides are applied to the effective text, the sweep is left
// out.
[[nodiscard]] Scenario scenario_at(const Scenario& scenario, const Overrides& point,
                                   const std::vector<ProtocolFormat>& formats = protocol_formats());

}  // namespace lockstep::sim
