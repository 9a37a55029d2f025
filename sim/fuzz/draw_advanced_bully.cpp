// What a random cluster of the advanced Bully election is made of.
#include <algorithm>
#include <numeric>
#include <vector>

#include "sim/fuzz/sketch.hpp"

namespace lockstep::sim {
namespace {

void draw_quorum(Sketch& sketch, Json& config) {
  Dice& dice = sketch.dice;
  const std::uint32_t nodes = sketch.stage.nodes;
  if (nodes < 4 || dice.one_in(3)) {
    config["quorum"] = "majority";
    return;
  }
  if (dice.one_in(2)) {
    std::vector<std::uint32_t> order(nodes);
    std::iota(order.begin(), order.end(), 1);
    dice.shuffle(order);
    order.resize((nodes - 1) / 3);
    sketch.stage.culprits = order;
    return;
  }
  if (!dice.one_in(4)) return;
  config["f"] = 0;  // with weights of all kinds no faulty node is too heavy
  Json weights = Json::array();
  for (std::uint32_t n = 0; n < nodes; ++n) weights.push_back(dice.between(1, 20));
  config["weights"] = weights;
}

}  // namespace

void draw_advanced_bully_settings(Sketch& sketch) {
  Dice& dice = sketch.dice;
  sketch.stage.roles = {"coordinator", "follower"};
  sketch.stage.nodes = dice.pick({3u, 4u, 4u, 4u, 5u, 7u});
  sketch.scenario["nodes"] = sketch.stage.nodes;
  Json config = Json::object();
  draw_quorum(sketch, config);
  const Duration heartbeat = dice.duration(milliseconds(20), milliseconds(200));
  const Duration silence = heartbeat * dice.between(3, 6);
  const Duration answer = dice.duration(heartbeat, heartbeat * 3);
  const Duration lease = silence * dice.between(1, 3) + heartbeat;
  config["heartbeat"] = to_text(heartbeat);
  config["election_timeout"] = to_text(silence);
  config["answer_timeout"] = to_text(answer);
  config["coordinator_timeout"] = to_text(answer * dice.between(2, 4));
  config["lease"] = to_text(lease);
  config["renew_every"] = to_text(std::max(heartbeat, lease / dice.between(3, 6)));
  config["min_office"] = to_text(silence * dice.between(0, 4));
  config["cool_down"] = to_text(silence * dice.between(1, 4));
  config["hysteresis"] = dice.pick({20, 100, 300});
  if (!dice.one_in(4)) config["id_weight"] = 0;
  if (dice.one_in(2)) config["predicts"] = false;
  if (dice.one_in(4)) config["adapts_weights"] = false;
  sketch.scenario["config"] = config;
  sketch.stage.beat = silence;
  sketch.guarded = false;
  sketch.stage.acts = dice.one_in(2);
  // A round trip and two writes in time.
  const Duration room = std::min(answer, silence / 3) / 4;
  Json network = Json::object();
  network["latency"] = draw_latency_up_to(dice, sketch.owes ? room / 2 : silence * 2);
  if (!dice.one_in(4)) network["wire"] = false;
  sketch.scenario["network"] = network;
  draw_noise(sketch, sketch.owes ? room / 2 : silence * 4);
  if (!dice.one_in(4))
    sketch.scenario["disk"]["latency"] =
        draw_latency_up_to(dice, sketch.owes ? room / 2 : silence * 2);
}

}  // namespace lockstep::sim
