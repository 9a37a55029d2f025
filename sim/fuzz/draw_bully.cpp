// What a random Bully cluster is made of.
#include <algorithm>

#include "sim/fuzz/sketch.hpp"

namespace lockstep::sim {

void draw_bully_settings(Sketch& sketch) {
  Dice& dice = sketch.dice;
  sketch.stage.roles = {"coordinator", "follower"};
  Duration heartbeat = milliseconds(100), silence = milliseconds(500), answer = milliseconds(200);
  if (dice.one_in(2)) {
    heartbeat = dice.duration(milliseconds(10), milliseconds(300));
    silence = heartbeat * dice.between(sketch.owes ? 3 : 2, 8);
    answer = dice.duration(heartbeat / 2, heartbeat * 4);
    const Duration coordinator = answer * dice.between(3, 6);
    sketch.scenario["config"] = {{"heartbeat", to_text(heartbeat)},
                                 {"heartbeat_timeout", to_text(silence)},
                                 {"answer_timeout", to_text(answer)},
                                 {"coordinator_timeout", to_text(coordinator)}};
  }
  if (dice.one_in(8)) sketch.scenario["config"]["start_with_highest"] = true;
  sketch.stage.beat = silence;
  sketch.guarded = false;
  const Duration room = std::min(answer, silence - heartbeat) * 9 / 20;  // a round trip in time
  Json network = Json::object();
  network["latency"] = draw_latency_up_to(dice, sketch.owes ? room / 2 : silence * 2);
  if (!dice.one_in(4)) network["wire"] = false;
  sketch.scenario["network"] = network;
  draw_noise(sketch, sketch.owes ? room / 2 : silence * 4);
}

}  // namespace lockstep::sim
