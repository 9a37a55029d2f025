// What a random Lamport log is made of.
#include <algorithm>

#include "sim/fuzz/sketch.hpp"

namespace lockstep::sim {
namespace {

struct LamportTiming {
  Duration heartbeat = milliseconds(100), silence = milliseconds(500), answer = milliseconds(200);
};

LamportTiming draw_election(Sketch& sketch, Json& config) {
  Dice& dice = sketch.dice;
  LamportTiming timing;
  if (!dice.one_in(2)) return timing;
  timing.heartbeat = dice.duration(milliseconds(10), milliseconds(200));
  timing.silence = timing.heartbeat * dice.between(sketch.owes ? 3 : 2, 8);
  timing.answer = dice.duration(timing.heartbeat / 2, timing.heartbeat * 4);
  config["heartbeat"] = to_text(timing.heartbeat);
  config["heartbeat_timeout"] = to_text(timing.silence);
  config["answer_timeout"] = to_text(timing.answer);
  config["coordinator_timeout"] = to_text(timing.answer * dice.between(3, 6));
  return timing;
}

// Records of the clock that are due all the time, messages of one entry each.
void draw_limits(Sketch& sketch, Json& config) {
  Dice& dice = sketch.dice;
  if (dice.one_in(2)) config["block"] = dice.pick({2, 5, 64});
  if (dice.one_in(2)) config["sync"] = dice.span(milliseconds(5), milliseconds(200));
  if (dice.one_in(2)) config["max_entries"] = dice.pick({1, 2, 8});
  if (sketch.owes) return;  // what is missing comes in few windows
  if (dice.one_in(3)) config["max_in_flight"] = dice.pick({1, 2, 16});
  if (dice.one_in(4)) config["max_waiting"] = dice.pick({1, 4});
  if (dice.one_in(4)) config["patience"] = dice.span(milliseconds(50), seconds(2));
}

}  // namespace

void draw_lamport_settings(Sketch& sketch) {
  Dice& dice = sketch.dice;
  Json config = Json::object();
  LamportTiming timing;
  if (dice.one_in(3)) {
    config["mode"] = "multicast";
    sketch.stage.roles = {"random"};  // nobody rules
  } else {
    sketch.stage.roles = {"coordinator", "follower"};
    timing = draw_election(sketch, config);
  }
  draw_limits(sketch, config);
  if (!config.empty()) sketch.scenario["config"] = config;
  sketch.stage.beat = timing.silence;
  sketch.guarded = false;
  // A round trip in time, each message perhaps after a write.
  const Duration room = std::min(timing.answer, timing.silence - timing.heartbeat) * 9 / 20;
  const Duration message = room / 4, disk = room / 4;
  Json network = Json::object();
  network["latency"] = draw_latency_up_to(dice, sketch.owes ? message : timing.silence * 2);
  if (!dice.one_in(4)) network["wire"] = false;
  sketch.scenario["network"] = network;
  draw_noise(sketch, sketch.owes ? std::max(message, milliseconds(2)) : timing.silence * 4);
  if (!dice.one_in(4)) {
    const Duration longest = sketch.owes ? disk : timing.silence * 2;
    sketch.scenario["disk"]["latency"] = draw_latency_up_to(dice, longest);
  }
}

void draw_lamport_workload(Sketch& sketch) {
  Dice& dice = sketch.dice;
  const Duration beat = sketch.stage.beat;
  Json load = Json::object();
  load["clients"] = sketch.stage.clients;
  const std::uint32_t pipeline = dice.one_in(3) ? dice.pick({2u, 4u, 16u}) : 1;
  if (dice.one_in(2)) {
    const std::uint32_t a_beat = dice.pick({1u, 3u, 12u, 40u});
    const std::int64_t a_second = std::max<std::int64_t>(1, a_beat * 1'000'000'000 / beat.ns());
    load["rate"] = std::to_string(a_second) + " /s";
  } else {
    const Duration think = beat * (sketch.stage.clients * pipeline);
    load["think"] = dice.span(think / 16, think);
  }
  if (pipeline > 1) load["pipeline"] = pipeline;
  if (dice.one_in(6)) load["value_bytes"] = dice.pick({1, 100, 2000});
  const Duration attempt = dice.duration(beat / 2, beat * 3);
  if (!dice.one_in(3)) {
    load["timeout"] = to_text(dice.duration(attempt, beat * 20));
    load["attempt_timeout"] = to_text(attempt);
    load["backoff"] = to_text(beat / 20) + ".." + to_text(beat / 2);
  }
  sketch.scenario["workload"] = load;
}

}  // namespace lockstep::sim
