// World, part ten: nodes in an adversary's hands, and two that claim to be one. Included by
// world.hpp.
#pragma once

#include "sim/world/world.hpp"

namespace lockstep::sim {

template <class P>
void World<P>::betray(std::uint32_t n, std::uint32_t to, typename Alphabet::Message&& message) {
  nodes_[n].adversary->turn(id(to), std::move(message), treason_random_, turned_, treasons_);
  for (auto& [as, turned] : turned_) send(n, as, to, std::move(turned));
}

template <class P>
void World<P>::make_traitors(const Traitor& traitor, const EndpointSet& who) {
  for (const auto n : who) {
    nodes_[n].adversary.emplace(id(n), traitor.does);
    nodes_[n].betrays_by = strikes_;
  }
  tell_fault("traitor", describe_groups(endpoints_, {who}) + " in an adversary's hands", who);
}

template <class P>
void World<P>::loyal_again(const EndpointSet& who) {
  if (who.empty()) return;
  for (const auto n : who) {
    nodes_[n].adversary.reset();
    nodes_[n].betrays_by = 0;
  }
  tell_fault("heal", describe_groups(endpoints_, {who}) + " in nobody's hands any more", who);
}

// The second copy starts with what is on the disk, and has a disk of its own from then on. Faults
// hit the first one only, and so do the rules: nothing is promised for the second.
template <class P>
void World<P>::make_twins(const EndpointSet& who, const EndpointSet& second) {
  EndpointSet hit;
  for (const auto n : who) {
    if (nodes_[n].twin != 0) continue;
    const auto place = static_cast<std::uint32_t>(nodes_.size());
    Node& copy = nodes_.emplace_back();
    Node& node = nodes_[n];
    copy.original = n;
    copy.disk = node.disk;
    (void)copy.disk.crash();
    node.twin = place;
    node.twin_by = strikes_;
    node.second.clear();
    if (!second.empty()) node.second.resize(endpoints_.size());
    for (const auto endpoint : second) node.second[endpoint] = true;
    hit.push_back(n);
    plan(now_, Launches{place});
  }
  if (hit.empty()) return;
  witnesses_.insert("twins");
  tell_fault("twins", "two run as " + describe_groups(endpoints_, {hit}), hit);
}

template <class P>
void World<P>::end_twins(const EndpointSet& who) {
  if (who.empty()) return;
  for (const auto n : who) {
    Node& copy = nodes_[nodes_[n].twin];
    copy.machine.reset();
    copy.alarms.clear();
    (void)copy.disk.crash();
    nodes_[n].twin = 0;
    nodes_[n].twin_by = 0;
    nodes_[n].second.clear();
  }
  tell_fault("heal", "one runs as " + describe_groups(endpoints_, {who}), who);
}

}  // namespace lockstep::sim
