// Treason for a protocol that claims to survive it: by the stage's culprits, and nobody else.
#pragma once

#include "sim/fuzz/dice.hpp"
#include "sim/fuzz/stage.hpp"

namespace lockstep::sim {

[[nodiscard]] bool has_culprits(const Stage& stage);
[[nodiscard]] Json draw_traitor(Dice& dice, const Stage& stage);
[[nodiscard]] Json draw_twins(Dice& dice, const Stage& stage);

}  // namespace lockstep::sim
