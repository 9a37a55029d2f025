#include "sim/fuzz/stage.hpp"

#include <utility>

namespace lockstep::sim {

std::string node_name(std::uint32_t number) { return "n" + std::to_string(number); }

Json draw_role(Dice& dice, const Stage& stage) {
  if (stage.aim == Aim::some) return node_name(dice.pick(stage.some));
  if (stage.aim == Aim::ruler && !dice.one_in(4)) return stage.roles.front();
  // The one that rules is aimed at as often as all others together.
  if (dice.one_in(2)) return stage.roles.front();
  return dice.pick(stage.roles);
}

Json draw_node(Dice& dice, const Stage& stage) {
  if (stage.aim != Aim::anybody) return draw_role(dice, stage);
  switch (dice.below(5)) {
    case 0: return "random";
    case 1: return node_name(dice.between(1, stage.nodes));
    default: return draw_role(dice, stage);
  }
}

Json draw_nodes(Dice& dice, const Stage& stage) {
  switch (dice.below(10)) {
    case 0: return "all";
    case 1: return "majority";
    case 2: return stage.nodes > 2 ? Json("minority") : Json("any");
    case 3: {
      Json both = Json::array();
      both.push_back(draw_role(dice, stage));
      both.push_back("random");
      return both;
    }
    default: return draw_node(dice, stage);
  }
}

Json draw_ends(Dice& dice, const Stage& stage) {
  Json ends = Json::object();
  Json one = draw_role(dice, stage);
  Json other = dice.one_in(2) ? Json("rest") : Json("any");
  if (dice.one_in(2)) std::swap(one, other);
  ends["from"] = one;
  ends["to"] = other;
  return ends;
}

}  // namespace lockstep::sim
