// The scenario format of the Bully election: config and its words. It takes no setup.
#pragma once

#include "core/bully/config.hpp"
#include "sim/scenario/formats.hpp"

namespace lockstep::sim {

[[nodiscard]] ProtocolFormat bully_format();

[[nodiscard]] bully::Config read_bully_config(Reader& config);
// From the text a Scenario keeps.
[[nodiscard]] bully::Config bully_settings(const Scenario& scenario);

}  // namespace lockstep::sim
