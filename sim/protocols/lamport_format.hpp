// The scenario format of the Lamport log: config and its words. It takes no setup.
#pragma once

#include "core/lamport/config.hpp"
#include "sim/scenario/formats.hpp"

namespace lockstep::sim {

[[nodiscard]] ProtocolFormat lamport_format();

[[nodiscard]] lamport::Config read_lamport_config(Reader& config, std::uint32_t nodes);
// From the text a Scenario keeps.
[[nodiscard]] lamport::Config lamport_settings(const Scenario& scenario);

// From a quiet network on, what all logs may take to become equal: an election, and some rounds of
// asking.
[[nodiscard]] Duration lamport_patience(const lamport::Config& config);

}  // namespace lockstep::sim
