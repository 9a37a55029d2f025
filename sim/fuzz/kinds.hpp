// The kinds of faults a protocol is attacked with, one row each. A further kind is a further row.
// Only what a protocol claims to survive stands here: what it does not is shown by stories that
// expect the violation.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/fuzz/dice.hpp"
#include "sim/fuzz/stage.hpp"
#include "sim/scenario/document.hpp"

namespace lockstep::sim {

enum class Ending : std::uint8_t { never, may, must };

struct FaultKind {
  const char* name;                         // the action's key in a scenario
  Json (*draw)(Dice&, const Stage&);        // its value
  Ending ending;                            // takes "for"
  std::vector<std::string_view> undone_by;  // the actions that undo every fault of this kind, in
                                            // their order; none when there is nothing to undo
  std::uint32_t least_nodes = 1;
  bool (*fits)(const Stage&) = nullptr;  // where it is not for every scenario
  // It damages a disk for good: only a minority may be hit where progress is owed.
  bool spoils = false;

  [[nodiscard]] bool on(const Stage& stage) const {
    return stage.nodes >= least_nodes && (fits == nullptr || fits(stage));
  }
};

// REQUIRES: a protocol the scenario reader knows.
[[nodiscard]] const std::vector<FaultKind>& fault_kinds(std::string_view protocol);

// Whether a fault of this kind that was drawn like this takes "for".
[[nodiscard]] Ending ending_of(const FaultKind& kind, const Json& value);

// Witnesses that no drawn scenario can lead to, by the nature of what is drawn, each with the
// reason; coverage does not ask for them.
struct Unreachable {
  std::string_view witness, why;
};
[[nodiscard]] const std::vector<Unreachable>& unreachable(std::string_view protocol);

}  // namespace lockstep::sim
