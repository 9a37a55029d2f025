// World, part seven: processes crash, lose their disks, restart, pause. Included by world.hpp.
#pragma once

#include "sim/world/world.hpp"

namespace lockstep::sim {

// Those it hit: who is down already is not.
template <class P>
EndpointSet World<P>::crash(const EndpointSet& who, bool torn) {
  EndpointSet hit;
  for (const auto n : who) {
    if (n >= endpoints_.nodes || !nodes_[n].machine) continue;
    Node& node = nodes_[n];
    hit.push_back(n);
    watch_.crashed(now_, id(n), *node.machine);
    if (torn ? node.disk.crash_torn(disk_fault_random_) : node.disk.crash())
      witnesses_.insert("records_lost");
    node.stalled.reset();
    node.machine.reset();
    node.alarms.clear();
    node.down_by = strikes_;
    node.relapses = {};
    node.paused = false;
    node.paused_by = 0;
    for (const Slot slot : node.held) {
      const auto* lost = std::get_if<ForNode>(&items_[slot]);
      if (lost != nullptr && lost->message != 0) drop(n, lost->message);
      items_.release(slot);
    }
    node.held.clear();
    witnesses_.insert("crashed");
  }
  if (hit.empty()) return hit;
  tell_fault("crash", "crashed " + describe_groups(endpoints_, {hit}), hit);
  look_ = watch_.take_change() || look_;
  return hit;
}

// Where a crash came with further ones for the recovery: before the machine hears what was durable,
// or right after, with all that it did then done.
template <class P>
void World<P>::relapse(std::uint32_t n) {
  Node& node = nodes_[n];
  const auto [left, fault] = node.relapses;
  disturbed();
  ++strikes_;
  witnesses_.insert("crashed_in_recovery");
  node.relapses = {};
  if (fault_random_.below(2) == 0) {
    ++node.incarnation;
    tell_fault("crash", "crashed n" + std::to_string(n + 1) + " as it starts", {n});
  } else {
    launch(n);
    crash({n});
  }
  node.relapses = {left - 1, fault};
  node.down_by = strikes_;
  plan_end(now_ + *scenario_.faults[fault].lasts, FaultEnds{fault, strikes_, {n}});
}

template <class P>
void World<P>::wipe(const EndpointSet& who) {
  crash(who);
  for (const auto n : who) {
    nodes_[n].disk.wipe();
    nodes_[n].spoilt = true;
    nodes_[n].down_by = strikes_;
    nodes_[n].relapses = {};
  }
  witnesses_.insert("wiped");
  tell_fault("wipe", "emptied the disk of " + describe_groups(endpoints_, {who}), who);
}

template <class P>
void World<P>::restart(const EndpointSet& who) {
  EndpointSet hit;
  for (const auto n : who) {
    if (n < endpoints_.nodes && !nodes_[n].machine) hit.push_back(n);
  }
  if (hit.empty()) return;
  tell_fault("restart", "restarted " + describe_groups(endpoints_, {hit}), hit);
  for (const auto n : hit) {
    witnesses_.insert("restarted");
    plan(now_, Launches{n});
  }
}

// Those it hit: the live. One that is paused already is this fault's from here on.
template <class P>
EndpointSet World<P>::pause(const EndpointSet& who) {
  EndpointSet hit;
  for (const auto n : who) {
    if (n >= endpoints_.nodes || !nodes_[n].machine) continue;
    nodes_[n].paused = true;
    nodes_[n].paused_by = strikes_;
    hit.push_back(n);
  }
  if (hit.empty()) return hit;
  witnesses_.insert("paused");
  tell_fault("pause", "paused " + describe_groups(endpoints_, {hit}), hit);
  return hit;
}

template <class P>
void World<P>::resume(const EndpointSet& who) {
  EndpointSet hit;
  for (const auto n : who) {
    if (n >= endpoints_.nodes || !nodes_[n].paused) continue;
    Node& node = nodes_[n];
    node.paused = false;
    node.paused_by = 0;
    hit.push_back(n);
    if (node.held.empty()) continue;
    if (node.resumed_at != now_) node.first_replay = agenda_.next_order();
    node.resumed_at = now_;
    for (const Slot slot : node.held) agenda_.add(now_, slot);
    node.after_replays = agenda_.next_order();
    node.held.clear();
  }
  if (hit.empty()) return;
  tell_fault("resume", "resumed " + describe_groups(endpoints_, {hit}), hit);
}

}  // namespace lockstep::sim
