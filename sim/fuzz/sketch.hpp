// Sketch: a scenario while it is being drawn, and the parts that each protocol draws itself.
#pragma once

#include <string>
#include <string_view>

#include "sim/fuzz/dice.hpp"
#include "sim/fuzz/kinds.hpp"

namespace lockstep::sim {

struct Sketch {
  explicit Sketch(std::uint64_t seed) : dice(seed) {}

  Dice dice;
  Stage stage;
  bool owes = true;       // progress is owed in the end: timings leave room for elections
  bool guarded = true;    // one-way links for good disturb nobody (raft: every protection is on)
  bool restless = false;  // in the end somebody is cut off halfway
  bool still = false;     // nothing at all disturbs it: what must be exact is judged
  bool noisy = false;     // the network loses, doubles or reorders
  Json scenario = Json::object();
  Duration calm;  // when the last fault of the first phase is undone
};

// Config, network, disk: what settles stage.beat. Then what needs to know how long the faults last.
void draw_raft_settings(Sketch& sketch);
void draw_raft_workload(Sketch& sketch);
void draw_bully_settings(Sketch& sketch);
void draw_advanced_bully_settings(Sketch& sketch);
void draw_lamport_settings(Sketch& sketch);
void draw_lamport_workload(Sketch& sketch);
void draw_flood_settings(Sketch& sketch);

// The latencies of a network on which no message is older than `longest` but rarely.
[[nodiscard]] std::string draw_latency_up_to(Dice& dice, Duration longest);
// Loss, duplication, reordering, order and bandwidth: each on or off.
void draw_noise(Sketch& sketch, Duration reorder_by);

// Logs, terms and votes as a cluster of `nodes` that elected some leaders may have left behind.
[[nodiscard]] Json draw_raft_past(Dice& dice, std::uint32_t nodes);

void draw_faults(Sketch& sketch);

}  // namespace lockstep::sim
