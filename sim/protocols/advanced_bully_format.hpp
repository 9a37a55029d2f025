// What a scenario may say of the advanced Bully election.
#pragma once

#include "core/advanced_bully/config.hpp"
#include "sim/scenario/formats.hpp"
#include "sim/scenario/reader.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

[[nodiscard]] advanced_bully::Config advanced_bully_settings(const Scenario& scenario);
[[nodiscard]] ProtocolFormat advanced_bully_format();

}  // namespace lockstep::sim
