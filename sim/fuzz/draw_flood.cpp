// What a random network of a flooding search is made of.
#include <algorithm>
#include <string>

#include "sim/fuzz/sketch.hpp"

namespace lockstep::sim {
namespace {

Json draw_topology(Dice& dice, std::uint32_t nodes) {
  Json topology = Json::object();
  switch (dice.below(7)) {
    case 0: return {{"shape", "ring"}};
    case 1: return {{"shape", "grid"}};
    case 2: return {{"shape", "tree"}, {"degree", dice.between(1, 2)}};
    case 3: return {{"shape", "random_regular"}, {"degree", nodes > 4 ? 4 : 2}};
    case 4: {
      const char* chance = dice.pick({"1/10", "1/3", "2/3"});
      return {{"shape", "erdos_renyi"}, {"chance", chance}};
    }
    case 5: return {{"shape", "barabasi_albert"}, {"degree", dice.between(1, 2)}};
    default: return topology;
  }
}

std::string draw_peer(Dice& dice, std::uint32_t nodes) {
  return "n" + std::to_string(dice.between(1, nodes));
}

Json draw_rogues(Dice& dice, std::uint32_t nodes) {
  Json rogue = Json::object();
  rogue["node"] = draw_peer(dice, nodes);
  for (const char* lie : {"false_hits", "bad_chunks", "ignores_ttl"}) {
    if (dice.one_in(2)) rogue[lie] = true;
  }
  if (dice.one_in(2)) rogue["storm"] = dice.between(1, 40);
  return Json::array({rogue});
}

Json draw_order(Dice& dice, std::uint32_t nodes, Duration within) {
  Json order = Json::object();
  order["at"] = dice.span(milliseconds(1), within);
  order["node"] = draw_peer(dice, nodes);
  const char* title = dice.pick({"red song", "blue song", "no song"});
  const std::uint32_t kind = dice.below(8);
  if (kind < 3) {
    order["fetch"] = title;
    return order;
  }
  if (kind == 3) {
    order["unshare"] = title;
    return order;
  }
  const bool words = dice.one_in(2);
  order["search"] = words ? "song" : title;
  if (words) order["by"] = "words";
  const std::string strategy = dice.pick({"flood", "flood", "ring", "walkers"});
  order["strategy"] = strategy;
  if (dice.one_in(2)) order["ttl"] = dice.between(1, 5);
  if (dice.one_in(6)) order["permille"] = dice.between(100, 999);
  if (dice.one_in(2)) order["everywhere"] = true;
  return order;
}

// `busy`: one peer is asked for all.
Json draw_setup(Dice& dice, std::uint32_t nodes, Duration within, bool busy) {
  Json files = Json::array();
  for (const char* title : {"red song", "blue song"}) {
    Json file = Json::object();
    file["name"] = title;
    const std::string size = dice.pick({"0 B", "1 B", "64 KiB", "200 KiB", "513 KiB"});
    file["size"] = size;
    Json on = Json::array();
    for (std::uint32_t n = 1; n <= nodes; ++n) {
      if (dice.one_in(4)) on.push_back("n" + std::to_string(n));
    }
    file["on"] = on;
    files.push_back(file);
  }
  Json orders = Json::array();
  const std::uint32_t count = dice.between(1, 12);
  const std::string one = draw_peer(dice, nodes);
  for (std::uint32_t i = 0; i < count; ++i) {
    Json order = draw_order(dice, nodes, within);
    if (busy) order["node"] = one;
    orders.push_back(order);
  }
  return {{"files", files}, {"orders", orders}};
}

}  // namespace

void draw_flood_settings(Sketch& sketch) {
  Dice& dice = sketch.dice;
  sketch.stage.nodes = dice.pick({3u, 4u, 6u, 9u, 14u, 20u});
  sketch.stage.roles = {"random"};
  const std::uint32_t nodes = sketch.stage.nodes;
  sketch.scenario["nodes"] = nodes;
  sketch.still = dice.one_in(3);
  const Duration look = dice.duration(milliseconds(50), milliseconds(500));
  Json config = Json::object();
  const Json topology = draw_topology(dice, nodes);
  if (!topology.empty()) config["topology"] = topology;
  config["health_check"] = to_text(look);
  config["login_backoff"] = to_text(look) + ".." + to_text(look * dice.between(2, 8));
  if (!sketch.still && dice.one_in(2)) config["start_linked"] = false;
  if (dice.one_in(3)) config["max_neighbours"] = dice.between(1, 6);
  if (dice.one_in(3)) config["misses"] = dice.between(1, 4);
  if (dice.one_in(2)) config["ttl"] = dice.between(1, 6);
  if (dice.one_in(3)) config["direct_hits"] = true;
  if (dice.one_in(3)) config["max_open"] = dice.between(1, 2);
  if (dice.one_in(6)) config["max_hits"] = dice.between(1, 4);
  if (dice.one_in(4)) config["seen_for"] = dice.span(look * 10, look * 40);
  if (dice.one_in(6)) config["seen_capacity"] = dice.between(1, 8);
  if (dice.one_in(4)) config["query_rate"] = dice.between(1, 20);
  if (dice.one_in(4)) config["query_burst"] = dice.between(1, 20);
  config["answers_within"] = to_text(look * dice.between(2, 10));
  config["ring_wait"] = to_text(look);
  config["settles_after"] = to_text(look / 2);
  config["chunk_timeout"] = to_text(look * dice.between(5, 10));  // above two messages
  config["retry"] = to_text(look * dice.between(1, 4));
  config["max_searches"] = dice.between(1, 4);
  if (dice.one_in(2)) config["window"] = dice.between(1, 6);
  if (!sketch.still && dice.one_in(3)) config["rogues"] = draw_rogues(dice, nodes);
  sketch.scenario["config"] = config;
  sketch.stage.beat = look * 4;
  const bool busy = sketch.still && dice.one_in(3);
  sketch.scenario["setup"] = draw_setup(dice, nodes, busy ? look * 4 : look * 60, busy);
  sketch.guarded = false;
  Json network = Json::object();
  const bool even = sketch.still && dice.one_in(2);
  network["latency"] = even ? "constant " + dice.span(milliseconds(1), look / 4)
                            : draw_latency_up_to(dice, sketch.owes ? look / 4 : look * 2);
  if (!dice.one_in(4)) network["wire"] = false;
  sketch.scenario["network"] = network;
  if (!sketch.still) draw_noise(sketch, sketch.owes ? look / 4 : look * 4);
  if (!dice.one_in(4)) sketch.scenario["disk"]["latency"] = draw_latency_up_to(dice, look / 4);
  if (sketch.still) sketch.calm = look * 200;
}

}  // namespace lockstep::sim
