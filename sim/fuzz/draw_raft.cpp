// What a random Raft cluster is made of.
#include <algorithm>

#include "sim/fuzz/sketch.hpp"

namespace lockstep::sim {
namespace {

// Election time-outs, heartbeat: usual, or anything from 20 ms to 0.6 s.
struct Timing {
  Duration low = milliseconds(150);
  Duration high = milliseconds(300);
  Duration heartbeat = milliseconds(50);
};

Timing draw_timing(Sketch& sketch, Json& config) {
  Dice& dice = sketch.dice;
  Timing timing;
  if (dice.one_in(2)) return timing;
  timing.low = dice.duration(milliseconds(20), milliseconds(600));
  const std::uint32_t tenths = sketch.owes ? dice.between(14, 30) : dice.between(10, 30);
  timing.high = timing.low * tenths / 10;
  timing.heartbeat = timing.low / dice.between(2, 10);
  config["election_timeout"] = to_text(timing.low) + ".." + to_text(timing.high);
  config["heartbeat"] = to_text(timing.heartbeat);
  return timing;
}

void draw_protections(Sketch& sketch, Json& config) {
  for (const char* name : {"pre_vote", "sticky", "check_quorum"}) {
    if (!sketch.dice.one_in(4)) continue;
    config[name] = false;
    sketch.guarded = false;
  }
  if (sketch.dice.one_in(4)) config["check_disk"] = false;
}

void draw_limits(Dice& dice, Json& config) {
  if (dice.one_in(2)) config["max_entries_per_message"] = dice.pick({1, 1, 2, 8});
  if (dice.one_in(5)) config["max_entries_in_flight"] = dice.pick({1, 2, 16});
  if (dice.one_in(8)) config["max_bytes_per_message"] = dice.pick({"1 B", "64 B", "1 KiB"});
  if (dice.one_in(8)) config["max_bytes_in_flight"] = dice.pick({"1 B", "200 B", "4 KiB"});
  if (dice.one_in(8)) config["max_uncommitted_bytes"] = dice.pick({"400 B", "4 KiB"});
}

// What somebody said long ago is heard again when much else has happened.
void draw_late_copies(Dice& dice, Duration longest, Json& network) {
  if (!network.contains("duplicate") || network.contains("ordering")) return;
  network["duplicate"] = dice.pick({"1/10", "1/3", "1/2", "1/2"});
  network["duplicate_by"] = dice.span(milliseconds(1), longest);
}

Json draw_mix(Dice& dice) {
  switch (dice.below(4)) {
    case 0: return {{"put", 1}, {"get", 1}};
    case 1: return {{"append", 2}, {"get", 1}};
    default: break;
  }
  Json mix = Json::object();
  mix["get"] = dice.between(1, 4);  // without reads nobody sees what went wrong
  for (const char* verb : {"put", "cas", "append", "delete"}) {
    if (dice.one_in(2)) mix[verb] = dice.between(1, 4);
  }
  return mix;
}

// Two to a few dozen operations at random instants, and some for the time after the faults.
Json draw_script(Sketch& sketch) {
  Dice& dice = sketch.dice;
  Json script = Json::array();
  const std::uint32_t count = dice.between(2, 30);
  for (std::uint32_t i = 0; i < count + 3; ++i) {
    Json line = Json::object();
    const bool late = i >= count;
    const Duration at =
        late ? sketch.calm + sketch.stage.beat * (i - count + 1)
             : dice.duration(milliseconds(1), std::max(sketch.calm, milliseconds(2)));
    line["at"] = to_text(at);
    line["client"] = "c" + std::to_string(dice.between(1, sketch.stage.clients));
    const std::string key = dice.pick({"x", "x", "y"});
    const std::string value = std::to_string(i + 1);
    switch (dice.below(5)) {
      case 0:
      case 1: line["get"] = key; break;
      case 2: line["append"] = {{key, value}}; break;
      case 3:
        line["cas"] = {{key, Json::array({std::to_string(dice.between(1, i + 1)), value})}};
        break;
      default: line["put"] = {{key, value}};
    }
    script.push_back(line);
  }
  return script;
}

void draw_load(Sketch& sketch, Json& load) {
  Dice& dice = sketch.dice;
  const Duration beat = sketch.stage.beat;
  const std::uint32_t pipeline = dice.one_in(3) ? dice.pick({2u, 4u, 16u}) : 1;
  if (dice.one_in(2)) {  // open: one operation a beat to six of them
    const std::uint32_t a_beat = dice.pick({1u, 3u, 6u, 12u});
    const std::int64_t a_second = std::max<std::int64_t>(1, a_beat * 1'000'000'000 / beat.ns());
    load["rate"] = std::to_string(a_second) + " /s";
  } else {  // closed: about as many
    const Duration think = beat * (sketch.stage.clients * pipeline);
    load["think"] = dice.span(think / 8, think);
  }
  if (pipeline > 1) load["pipeline"] = pipeline;
  if (!dice.one_in(3)) load["keys"] = dice.pick({1, 2, 4});
  if (dice.one_in(6)) load["value_bytes"] = dice.pick({1, 100, 2000});
  // Nobody can write what is larger than all that may be uncommitted.
  const Json config = sketch.scenario.value("config", Json::object());
  if (config.contains("max_uncommitted_bytes")) load.erase("value_bytes");
  if (dice.one_in(2)) load["mix"] = draw_mix(dice);
}

}  // namespace

void draw_raft_settings(Sketch& sketch) {
  Dice& dice = sketch.dice;
  sketch.stage.roles = {"leader", "follower", "candidate"};
  Json config = Json::object();
  const Timing timing = draw_timing(sketch, config);
  sketch.stage.beat = timing.low;
  draw_protections(sketch, config);
  draw_limits(dice, config);

  // Four messages, two writes and a heartbeat fit into the shortest time-out where progress is
  // owed.
  const Duration room =
      std::min((timing.low - timing.heartbeat) / 8, (timing.high - timing.low) / 4);
  // Quick messages and slow disks, so that much is under way when a disk's node crashes; or not.
  const bool slow_disks = dice.one_in(2);
  const Duration message = slow_disks ? room / 2 : room, disk = slow_disks ? room * 2 : room;
  Json network = Json::object();
  network["latency"] = draw_latency_up_to(dice, sketch.owes ? message : timing.low * 2);
  if (!dice.one_in(4)) network["wire"] = false;
  sketch.scenario["network"] = network;
  draw_noise(sketch, sketch.owes ? timing.low : timing.low * 4);
  draw_late_copies(dice, timing.low * 8, sketch.scenario["network"]);
  if (slow_disks) {
    const Duration longest = sketch.owes ? disk : timing.low * 2;
    sketch.scenario["disk"]["latency"] =
        "uniform " + to_text(longest / 4) + ".." + dice.span(longest / 2, longest);
  } else if (!dice.one_in(4)) {
    sketch.scenario["disk"]["latency"] =
        draw_latency_up_to(dice, sketch.owes ? disk : timing.low * 2);
  }
  if (!config.empty()) sketch.scenario["config"] = config;
  if (dice.one_in(3)) sketch.scenario["setup"] = draw_raft_past(dice, sketch.stage.nodes);
}

void draw_raft_workload(Sketch& sketch) {
  Dice& dice = sketch.dice;
  Json load = Json::object();
  load["clients"] = sketch.stage.clients;
  const bool script = dice.one_in(8);
  if (!script) draw_load(sketch, load);
  const Duration beat = sketch.stage.beat;
  const Duration attempt = dice.duration(beat / 2, beat * 3);
  if (script || !dice.one_in(3)) {
    load["timeout"] = to_text(script ? beat * 100 : dice.duration(attempt, beat * 20));
    load["attempt_timeout"] = to_text(attempt);
    load["backoff"] = to_text(beat / 20) + ".." + to_text(beat / 2);
  }
  if (script) load["script"] = draw_script(sketch);
  sketch.scenario["workload"] = load;
}

}  // namespace lockstep::sim
