// Care: what shrinking keeps of a claim of recovery, so that what is left claims no more than what
// it was shrunk from had a right to.
#pragma once

#include <cstdint>

#include "sim/scenario/document.hpp"

namespace lockstep::sim {

// owed: as much as correct code owes. guarded: as much as it would owe with every protection on, of
// a story that has them off. enough: a majority is left.
enum class Care : std::uint8_t { none, owed, guarded, enough };

[[nodiscard]] Care care_for(const Json& scenario, bool recovery);
// Claims the bound that this much care allows, in a run just long enough for it.
void claim(Json& scenario, Care care);
[[nodiscard]] bool bears(const Json& scenario, Care care);

}  // namespace lockstep::sim
