// World, part four: faults strike and end. Included by world.hpp.
#pragma once

#include "sim/world/world.hpp"

namespace lockstep::sim {

template <class P>
std::vector<NodeView> World<P>::views() const {
  std::vector<NodeView> views;
  for (const Node& node : nodes_) {
    if (!node.machine) {
      views.push_back({});
      continue;
    }
    const RoleView role = P::role(*node.machine);
    views.push_back({true, role.role, role.term});
  }
  return views;
}

template <class P>
Cluster<typename P::Machine> World<P>::cluster() const {
  Cluster<Machine> view;
  EndpointSet live;
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    const bool up = nodes_[n].machine.has_value() && !nodes_[n].paused;
    view.machines.push_back(up ? &*nodes_[n].machine : nullptr);
    if (up) live.push_back(n);
  }
  view.groups = const_cast<Post&>(post_).links().groups_of(live);
  return view;
}

template <class P>
void World<P>::disturbed() {
  calm_since_ = now_;
  recovered_.reset();
  look_ = true;
}

template <class P>
void World<P>::tell_fault(std::string kind, std::string text, const EndpointSet& who) {
  if (!options_.listener) return;
  TracedFault traced;
  traced.at = now_;
  traced.kind = std::move(kind);
  traced.text = std::move(text);
  for (const auto endpoint : who) traced.nodes.push_back(id(endpoint));
  traced.cut_links = post_.links().cut_links();
  options_.listener(std::move(traced));
}

template <class P>
void World<P>::strike(std::size_t fault) {
  const FaultAction& action = scenario_.faults[fault].action;
  const std::vector<NodeView> before = views();
  Targets targets(endpoints_, before, fault_random_);
  std::string missing;
  const auto sets = targets.resolve(target_lists(action), missing);
  if (!sets) {
    tell_fault("skipped", "no " + missing + " to hit at this instant", {});
    return;
  }
  note_strike(scenario_.faults[fault].kind, before, *sets);
  disturbed();
  apply(fault, action, *sets);
}

// For coverage: what a fault met.
template <class P>
void World<P>::note_strike(const std::string& kind, const std::vector<NodeView>& before,
                           const std::vector<EndpointSet>& sets) {
  const bool led = std::any_of(before.begin(), before.end(), [](const NodeView& node) {
    return node.up && (node.role == "leader" || node.role == "coordinator");
  });
  const auto note = [&](std::string_view role, bool writing) {
    ++struck_[{kind, role, !led ? "no leader" : writing ? "writing" : "idle"}];
  };
  bool somebody = false;
  for (const EndpointSet& set : sets) {
    for (const auto endpoint : set) {
      somebody = true;
      if (endpoint >= endpoints_.nodes) {
        note("client", false);
      } else {
        const NodeView& view = before[endpoint];
        note(view.up ? view.role : "down", nodes_[endpoint].disk.busy());
      }
    }
  }
  if (!somebody) note("", false);
}

template <class P>
void World<P>::apply(std::size_t fault, const FaultAction& action,
                     const std::vector<EndpointSet>& sets) {
  const auto& lasts = scenario_.faults[fault].lasts;
  const auto ends = [&](std::uint64_t strike, EndpointSet who) {
    if (!lasts) return;
    plan(now_ + *lasts, FaultEnds{fault, strike, std::move(who)});
    ++faults_ahead_;
  };
  ++strikes_;
  Links& links = post_.links();
  std::visit(
      Overloaded{
          [&](const Partition&) {
            witnesses_.insert("partitioned");
            ends(links.partition(sets), {});
            tell_fault("partition", "cut " + describe_groups(endpoints_, sets), {});
          },
          [&](const Cut&) {
            witnesses_.insert("partitioned");
            ends(links.cut(sets[0], sets[1]), {});
            tell_fault("cut",
                       "cut from " + describe_groups(endpoints_, {sets[0]}) + " to " +
                           describe_groups(endpoints_, {sets[1]}),
                       {});
          },
          [&](const Isolate& isolate) {
            witnesses_.insert("partitioned");
            ends(links.isolate(sets[0], isolate.way), {});
            const char* way = isolate.way == Isolate::Way::both ? ""
                              : isolate.way == Isolate::Way::in ? " (incoming)"
                                                                : " (outgoing)";
            tell_fault("isolate", "isolated " + describe_groups(endpoints_, {sets[0]}) + way,
                       sets[0]);
          },
          [&](const Heal&) {
            links.clear();
            post_.calm();
            for (Node& node : nodes_) {
              node.disk.slow.reset();
              node.slow_by = 0;
            }
            tell_fault("heal", "healed", {});
          },
          [&](const Crash&) { ends(strikes_, crash(sets[0])); },
          [&](const Restart&) { restart(sets[0]); },
          [&](const Pause&) { ends(strikes_, pause(sets[0])); },
          [&](const Resume&) { resume(sets[0]); },
          [&](const SlowLink& slow) {
            ends(links.slow(sets[0], sets[1], slow.by), {});
            tell_fault("slow_link",
                       "slowed " + describe_groups(endpoints_, sets) + " by " + to_text(slow.by),
                       {});
          },
          [&](const SlowDisk& slow) {
            for (const auto n : sets[0]) {
              nodes_[n].disk.slow = slow.latency;
              nodes_[n].slow_by = strikes_;
            }
            ends(strikes_, sets[0]);
            tell_fault("slow_disk",
                       "disk of " + describe_groups(endpoints_, {sets[0]}) + " takes " +
                           to_text(slow.latency),
                       sets[0]);
          },
          [&](const Tell& tell) {
            const auto request = P::tell(tell.verb);
            check(request.has_value(), "the protocol knows its verbs");
            tell_fault("tell", tell.verb + " " + describe_groups(endpoints_, {sets[0]}), sets[0]);
            for (const auto n : sets[0]) {
              const RequestId from_scenario = request_from(nobody_asked);
              plan(now_, ForNode{n, 0,
                                 NodeEvent(Requested<typename Alphabet::Request>{from_scenario,
                                                                                 *request})});
            }
          }},
      action);
}

template <class P>
void World<P>::end_fault(const FaultEnds& end) {
  // Who was restarted, resumed or healed since, or struck anew, is not this fault's any more.
  const auto still_held = [&](std::uint64_t Node::*by) {
    EndpointSet held;
    for (const auto n : end.who) {
      if (nodes_[n].*by == end.strike) held.push_back(n);
    }
    if (!held.empty()) disturbed();
    return held;
  };
  std::visit(Overloaded{[&](const Crash&) { restart(still_held(&Node::down_by)); },
                        [&](const Pause&) { resume(still_held(&Node::paused_by)); },
                        [&](const SlowDisk&) {
                          const EndpointSet held = still_held(&Node::slow_by);
                          if (held.empty()) return;
                          for (const auto n : held) nodes_[n].disk.slow.reset();
                          tell_fault(
                              "heal",
                              "disk of " + describe_groups(endpoints_, {held}) + " is as before",
                              held);
                        },
                        [&](const auto&) {
                          if (!post_.links().undo(end.strike)) return;
                          disturbed();
                          tell_fault("heal", "healed", {});
                        }},
             scenario_.faults[end.fault].action);
}

// Those it hit: who is down already is not.
template <class P>
EndpointSet World<P>::crash(const EndpointSet& who) {
  EndpointSet hit;
  for (const auto n : who) {
    if (n >= endpoints_.nodes || !nodes_[n].machine) continue;
    Node& node = nodes_[n];
    hit.push_back(n);
    watch_.crashed(now_, id(n), *node.machine);
    if (node.disk.crash()) witnesses_.insert("records_lost");
    node.machine.reset();
    node.alarms.clear();
    node.down_by = strikes_;
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
