// The kinds of faults a protocol is attacked with, one row each. A further kind is a further row.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/fuzz/dice.hpp"
#include "sim/scenario/document.hpp"

namespace lockstep::sim {

// Whom the faults of a scenario are aimed at: another choice that holds for a seed as a whole.
enum class Aim : std::uint8_t { anybody, ruler, some };

// What a fault may turn on and name.
struct Stage {
  std::uint32_t nodes = 1;
  std::uint32_t clients = 0;
  Duration beat;                        // the time-out that elections turn on
  std::vector<std::string_view> roles;  // that a fault can aim at, the ruling one first
  Aim aim = Aim::anybody;
  std::vector<std::uint32_t> some;  // of Aim::some: these nodes, whatever they are
};

struct FaultKind {
  const char* name;                   // the action's key in a scenario
  Json (*draw)(Dice&, const Stage&);  // its value
  bool lasts;                         // takes "for"
  const char* undone_by;  // the action that undoes every fault of this kind, or "" when there is
                          // nothing to undo
  std::uint32_t least_nodes = 1;
};

// REQUIRES: a protocol the scenario reader knows.
[[nodiscard]] const std::vector<FaultKind>& fault_kinds(std::string_view protocol);

}  // namespace lockstep::sim
