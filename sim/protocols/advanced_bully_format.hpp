// What a scenario may say of the advanced Bully election.
#pragma once

#include "core/advanced_bully/config.hpp"
#include "sim/scenario/formats.hpp"
#include "sim/scenario/reader.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

[[nodiscard]] advanced_bully::Config advanced_bully_settings(const Scenario& scenario);
// By which votes are to be counted: of a scenario that asks for no other, a byzantine quorum.
[[nodiscard]] quorum::Table promised_table(const Scenario& scenario);
[[nodiscard]] ProtocolFormat advanced_bully_format();

}  // namespace lockstep::sim
