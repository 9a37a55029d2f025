#include "sim/fuzz/kinds.hpp"

#include <numeric>
#include <string>

namespace lockstep::sim {
namespace {

std::string node_name(std::uint32_t number) { return "n" + std::to_string(number); }

Json draw_role(Dice& dice, const Stage& stage) {
  if (stage.aim == Aim::some) return node_name(dice.pick(stage.some));
  if (stage.aim == Aim::ruler && !dice.one_in(4)) return stage.roles.front();
  // The one that rules is aimed at as often as all others together.
  if (dice.one_in(2)) return stage.roles.front();
  return dice.pick(stage.roles);
}

// One node, in words or by name.
Json draw_node(Dice& dice, const Stage& stage) {
  if (stage.aim != Aim::anybody) return draw_role(dice, stage);
  switch (dice.below(5)) {
    case 0: return "random";
    case 1: return node_name(dice.between(1, stage.nodes));
    default: return draw_role(dice, stage);
  }
}

// One node or several.
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

// The nodes in two or three groups of their own, in a random order, and perhaps clients with them.
// Clients that are not named see everyone.
Json draw_split(Dice& dice, const Stage& stage) {
  std::vector<std::uint32_t> order(stage.nodes);
  std::iota(order.begin(), order.end(), 1);
  dice.shuffle(order);
  const std::size_t count = stage.nodes > 3 && dice.one_in(4) ? 3 : 2;
  Json groups = Json::array();
  for (std::size_t g = 0; g < count; ++g) groups.push_back(Json::array());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t group = i < count ? i : dice.below(static_cast<std::uint32_t>(count));
    groups[group].push_back(node_name(order[i]));
  }
  if (stage.clients > 0 && dice.one_in(2)) {
    const std::uint32_t client = dice.between(1, stage.clients);
    groups[dice.below(static_cast<std::uint32_t>(count))].push_back("c" + std::to_string(client));
  }
  return groups;
}

Json draw_partition(Dice& dice, const Stage& stage) {
  const std::uint32_t shape = dice.below(6);
  if (shape >= 4) return draw_split(dice, stage);
  Json first = Json::array(), second = Json::array();
  first.push_back(draw_role(dice, stage));
  if (shape == 0) {  // two that no longer see each other, while everybody else sees both
    second.push_back("any");
  } else {
    if (shape == 1 && stage.nodes > 3) first.push_back("any");
    if (stage.clients > 0 && dice.one_in(2)) first.push_back("c1");
    second.push_back("rest");
  }
  Json groups = Json::array();
  groups.push_back(first);
  groups.push_back(second);
  return groups;
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

Json draw_slow_link(Dice& dice, const Stage& stage) {
  Json slow = draw_ends(dice, stage);
  slow["by"] = dice.span(milliseconds(1), stage.beat * 2);
  return slow;
}

Json draw_isolate(Dice& dice, const Stage& stage) {
  const Json who = draw_node(dice, stage);
  const std::string way = dice.pick({"both", "in", "out"});
  if (way == "both") return who;
  Json isolate = Json::object();
  isolate["who"] = who;
  isolate["way"] = way;
  return isolate;
}

Json draw_slow_disk(Dice& dice, const Stage& stage) {
  Json slow = Json::object();
  slow["who"] = draw_nodes(dice, stage);
  slow["latency"] = dice.span(milliseconds(1), stage.beat * 4);
  return slow;
}

Json all(Dice&, const Stage&) { return "all"; }

const std::vector<FaultKind> raft_kinds{
    {"partition", draw_partition, true, "heal", 2},
    {"cut", draw_ends, true, "heal", 2},
    {"isolate", draw_isolate, true, "heal", 2},
    {"slow_link", draw_slow_link, true, "heal", 2},
    {"slow_disk", draw_slow_disk, true, "heal"},
    {"crash", draw_nodes, true, "restart"},
    {"pause", draw_nodes, true, "resume"},
    {"campaign", draw_node, false, ""},
    {"heal", all, false, ""},
    {"restart", all, false, ""},
};

// A process without a log has no disk to slow.
const std::vector<FaultKind> bully_kinds{
    {"partition", draw_partition, true, "heal", 2},
    {"cut", draw_ends, true, "heal", 2},
    {"isolate", draw_isolate, true, "heal", 2},
    {"slow_link", draw_slow_link, true, "heal", 2},
    {"crash", draw_nodes, true, "restart"},
    {"pause", draw_nodes, true, "resume"},
    {"start_election", draw_node, false, ""},
    {"heal", all, false, ""},
    {"restart", all, false, ""},
};

}  // namespace

const std::vector<FaultKind>& fault_kinds(std::string_view protocol) {
  check(protocol == "raft" || protocol == "bully", "every protocol has a table of faults");
  return protocol == "raft" ? raft_kinds : bully_kinds;
}

}  // namespace lockstep::sim
