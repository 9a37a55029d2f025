// Stage: what a fault may turn on and name, and draws of whom it hits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.hpp"
#include "sim/fuzz/dice.hpp"
#include "sim/scenario/document.hpp"

namespace lockstep::sim {

// Whom the faults of a scenario are aimed at: another choice that holds for a seed as a whole.
enum class Aim : std::uint8_t { anybody, ruler, some };

struct Stage {
  std::uint32_t nodes = 1;
  std::uint32_t clients = 0;
  Duration beat;                        // the time-out that elections turn on
  std::vector<std::string_view> roles;  // that a fault can aim at, the ruling one first
  Aim aim = Aim::anybody;
  std::vector<std::uint32_t> some;      // of Aim::some: these nodes, whatever they are
  std::vector<std::uint32_t> culprits;  // who may be a traitor or have a twin
  bool acts = false;                    // leaders are told to act all the time
  bool fifo = false;                    // no message overtakes another one
  bool checksum = true;                 // a damaged frame is known for it
};

[[nodiscard]] std::string node_name(std::uint32_t number);
// One node, by its role or where the stage aims.
[[nodiscard]] Json draw_role(Dice& dice, const Stage& stage);
// One node, in words or by name.
[[nodiscard]] Json draw_node(Dice& dice, const Stage& stage);
// One node or several.
[[nodiscard]] Json draw_nodes(Dice& dice, const Stage& stage);
// { "from": …, "to": … }
[[nodiscard]] Json draw_ends(Dice& dice, const Stage& stage);

}  // namespace lockstep::sim
