// World, part nine: clocks jump and drift. Machines and their alarms go by their node's clock; all
// else, and what traces and checks call the time, is the world's. Included by world.hpp.
#pragma once

#include "sim/world/world.hpp"

namespace lockstep::sim {

template <class P>
void World<P>::strike_clock(const ClockFault& fault, const EndpointSet& who) {
  const auto [targets, jump, ppm] = fault;
  for (const auto n : who) {
    Node& node = nodes_[n];
    if (jump != Duration(0)) node.clock.jump(now_, jump);
    if (ppm) {
      node.clock.drift(now_, *ppm);
      node.drift_by = strikes_;
    }
    move_alarms(n);
  }
  const auto amount = [](std::int64_t number, std::string text, const char* ahead,
                         const char* behind) {
    return (number < 0 ? behind : ahead) + std::move(text);
  };
  std::string text = "clock of " + describe_groups(endpoints_, {who});
  if (jump != Duration(0)) {
    witnesses_.insert("clock_jumped");
    text += amount(jump.ns(), to_text(Duration(std::abs(jump.ns()))), " jumps ahead by ",
                   " jumps back by ");
  }
  if (ppm) {
    witnesses_.insert("clock_drifted");
    text += amount(*ppm, std::to_string(std::abs(*ppm)) + " ppm", " is fast by ", " is slow by ");
  }
  tell_fault("clock", std::move(text), who);
}

template <class P>
void World<P>::steady_clocks(const EndpointSet& who) {
  if (who.empty()) return;
  for (const auto n : who) {
    nodes_[n].clock.drift(now_, 0);
    nodes_[n].drift_by = 0;
    move_alarms(n);
  }
  tell_fault("heal", "clock of " + describe_groups(endpoints_, {who}) + " runs evenly", who);
}

template <class P>
void World<P>::move_alarms(std::uint32_t n) {
  Node& node = nodes_[n];
  node.alarms.move([&](Instant at) { return node.clock.when(at, now_); },
                   [&](typename Alphabet::Timer timer, Instant due) {
                     plan(due, NodeAlarm{n, timer, node.incarnation, due});
                   });
}

}  // namespace lockstep::sim
