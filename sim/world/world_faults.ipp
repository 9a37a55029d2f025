// World, part four: faults strike and end; links and disks. Included by world.hpp.
#pragma once

#include "sim/world/world.hpp"

namespace lockstep::sim {

template <class P>
std::vector<NodeView> World<P>::views() const {
  std::vector<NodeView> views;
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    const Node& node = nodes_[n];
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
  if constexpr (requires { watch_.disturbed(); }) watch_.disturbed();
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
  if (scenario_.spare_majority && takes_majority(action, *sets)) {
    tell_fault("skipped",
               key_of(action) + " of " + describe_groups(endpoints_, {sets->front()}) +
                   " would leave no majority",
               {});
    return;
  }
  note_strike(key_of(action), before, *sets);
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

// Whether nobody can count on the node: it is down or about to end, or its disk or its word is not
// its own.
template <class P>
bool World<P>::is_lost(std::uint32_t n) const {
  const Node& node = nodes_[n];
  return !node.machine || node.spoilt || node.sync_fails || node.adversary || node.twin != 0;
}

template <class P>
bool World<P>::takes_majority(const FaultAction& action,
                              const std::vector<EndpointSet>& sets) const {
  if (!takes_nodes(action)) return false;
  std::uint32_t lost = 0;
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    const bool hit = std::find(sets[0].begin(), sets[0].end(), n) != sets[0].end();
    lost += hit || is_lost(n) ? 1 : 0;
  }
  return lost > (endpoints_.nodes - 1) / 2;
}

template <class P>
void World<P>::apply(std::size_t fault, const FaultAction& action,
                     const std::vector<EndpointSet>& sets) {
  const auto& lasts = scenario_.faults[fault].lasts;
  const auto ends = [&](std::uint64_t strike, EndpointSet who) {
    if (!lasts) return;
    plan_end(now_ + *lasts, FaultEnds{fault, strike, std::move(who)});
  };
  ++strikes_;
  if (auto struck = strike_links(post_, endpoints_, action, sets)) {
    if (struck->cuts) witnesses_.insert("partitioned");
    ends(struck->rule, {});
    tell_fault(std::move(struck->kind), std::move(struck->text), struck->who);
    return;
  }
  std::visit(
      Overloaded{[&](const Heal&) { heal(); }, [&](const Swizzle&) { swizzle(fault, sets[0]); },
                 [&](const Crash& crashes) {
                   const EndpointSet hit = crash(sets[0], crashes.torn);
                   for (const auto n : hit) nodes_[n].relapses = {crashes.again, fault};
                   ends(strikes_, hit);
                 },
                 [&](const Wipe&) {
                   wipe(sets[0]);
                   ends(strikes_, sets[0]);
                 },
                 [&](const Restart&) { restart(sets[0]); },
                 [&](const Pause&) { ends(strikes_, pause(sets[0])); },
                 [&](const Resume&) { resume(sets[0]); },
                 [&](const Throttle& limit) {
                   throttle(sets[0], limit.bandwidth);
                   ends(strikes_, sets[0]);
                 },
                 [&](const SlowDisk& slow) {
                   slow_disk(sets[0], slow.latency);
                   ends(strikes_, sets[0]);
                 },
                 [&](const DiskFault& disk) {
                   strike_disk(fault, disk.kind, sets[0]);
                   ends(strikes_, sets[0]);
                 },
                 [&](const ClockFault& clock) {
                   strike_clock(clock, sets[0]);
                   ends(strikes_, sets[0]);
                 },
                 [&](const Traitor& traitor) {
                   make_traitors(traitor, sets[0]);
                   ends(strikes_, sets[0]);
                 },
                 [&](const Twins&) {
                   make_twins(sets[0], sets[1]);
                   ends(strikes_, sets[0]);
                 },
                 [&](const Measure& found) { measure(found, sets[0]); },
                 [&](const Tell& order) { tell(order.verb, sets[0]); },
                 [](const OnLinks auto&) { check(false, "what strikes links is done"); }},
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
  const FaultAction& action = scenario_.faults[end.fault].action;
  std::visit(Overloaded{[&](const Crash&) { restart(still_held(&Node::down_by)); },
                        [&](const Wipe&) { restart(still_held(&Node::down_by)); },
                        [&](const Pause&) { resume(still_held(&Node::paused_by)); },
                        [&](const Throttle&) { throttle(still_held(&Node::throttled_by), 0); },
                        [&](const SlowDisk&) { slow_disk(still_held(&Node::slow_by), {}); },
                        [&](const DiskFault& disk) {
                          using Kind = DiskFault::Kind;
                          if (disk.kind == Kind::stall) unstall(still_held(&Node::stalled_by));
                          if (disk.kind == Kind::full) make_room(still_held(&Node::full_by));
                          if (disk.kind == Kind::fail_sync) restart(still_held(&Node::down_by));
                        },
                        [&](const ClockFault&) { steady_clocks(still_held(&Node::drift_by)); },
                        [&](const Traitor&) { loyal_again(still_held(&Node::betrays_by)); },
                        [&](const Twins&) { end_twins(still_held(&Node::twin_by)); },
                        [](const Once auto&) { check(false, "it has no end"); },
                        [&](const OnLinks auto&) {
                          if (!undo_link_fault(post_, action, end.strike)) return;
                          disturbed();
                          release_clogged();
                          tell_fault("heal", "healed", {});
                        }},
             action);
}

template <class P>
void World<P>::heal() {
  post_.links().clear();
  post_.calm();
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    Node& node = nodes_[n];
    node.disk.slow.reset();
    node.slow_by = 0;
    if (std::exchange(node.throttled_by, 0) != 0) fabric_.throttle(n, 0);
    node.full_by = node.stalled_by = 0;
    if (const auto sync = std::exchange(node.stalled, std::nullopt)) plan(now_, *sync);
    node.sync_fails.reset();
    node.misdirects = false;
  }
  healed_at_ = strikes_;
  release_clogged();
  tell_fault("heal", "healed", {});
}

// Each is isolated once in the first half of the time and healed once in the second, in orders that
// have nothing to do with each other.
template <class P>
void World<P>::swizzle(std::size_t fault, const EndpointSet& who) {
  const Duration half = *scenario_.faults[fault].lasts / 2;
  for (const auto endpoint : who) {
    const Instant from = now_ + fault_random_.between(Duration(0), half);
    const Instant until = now_ + half + fault_random_.between(Duration(1), half + Duration(1));
    plan(from, Isolates{fault, strikes_, endpoint, until});
    ++faults_ahead_;
  }
}

template <class P>
void World<P>::isolate(const Isolates& item) {
  if (healed_at_ >= item.strike) return;  // a heal ends what is yet to come of it, too
  disturbed();
  witnesses_.insert("partitioned");
  const EndpointSet who{item.endpoint};
  plan_end(item.until, FaultEnds{item.fault, post_.links().isolate(who, Isolate::Way::both), {}});
  tell_fault("isolate", "isolated " + describe_groups(endpoints_, {who}), who);
}

// What waited in clogs that are gone travels on.
template <class P>
void World<P>::release_clogged() {
  for (const Clogged& waited : std::exchange(clogged_, {})) {
    const auto& [from, to, slot, flow, way] = waited;
    if (post_.links().is_clogged(from, to)) {
      clogged_.push_back(waited);
    } else if (flow != 0) {
      fabric_.start_flow(now_, from, to, flow, way, slot);
    } else {
      agenda_.add(post_.sent_on(now_, from, to, way), slot);
    }
  }
}

template <class P>
void World<P>::throttle(const EndpointSet& who, std::uint64_t bandwidth) {
  if (who.empty()) return;
  for (const auto n : who) {
    fabric_.throttle(n, bandwidth);
    nodes_[n].throttled_by = bandwidth == 0 ? 0 : strikes_;
  }
  const std::string names = describe_groups(endpoints_, {who});
  if (bandwidth == 0) return tell_fault("heal", "the links of " + names + " are as before", who);
  witnesses_.insert("throttled");
  tell_fault("throttle", "links of " + names + " have " + std::to_string(bandwidth) + " bit/s",
             who);
}

template <class P>
void World<P>::slow_disk(const EndpointSet& who, std::optional<Duration> latency) {
  if (who.empty()) return;
  for (const auto n : who) {
    nodes_[n].disk.slow = latency;
    nodes_[n].slow_by = latency ? strikes_ : 0;
  }
  const std::string disk = "disk of " + describe_groups(endpoints_, {who});
  if (latency) return tell_fault("slow_disk", disk + " takes " + to_text(*latency), who);
  tell_fault("heal", disk + " is as before", who);
}

template <class P>
void World<P>::measure(const Measure& found, const EndpointSet& who) {
  const auto permille = [](Ratio ratio) {
    return static_cast<std::uint32_t>(std::uint64_t{ratio.numerator} * 1000 / ratio.denominator);
  };
  const Vitals vitals{.cpu_permille = permille(found.cpu),
                      .memory_permille = permille(found.memory),
                      .load_permille = 0,
                      .disk_latency = {}};
  tell_fault("vitals",
             describe_groups(endpoints_, {who}) + ": CPU at " +
                 std::to_string(vitals.cpu_permille) + ", memory at " +
                 std::to_string(vitals.memory_permille) + " per mille",
             who);
  for (const auto n : who) plan(now_, ForNode{n, n, 0, NodeEvent(Sampled{vitals})});
}

template <class P>
void World<P>::tell(const std::string& verb, const EndpointSet& who) {
  const auto request = P::tell(verb);
  check(request.has_value(), "the protocol knows its verbs");
  tell_fault("tell", verb + " " + describe_groups(endpoints_, {who}), who);
  for (const auto n : who) {
    const RequestId from_scenario = request_from(nobody_asked);
    plan(now_, ForNode{n, n, 0,
                       NodeEvent(Requested<typename Alphabet::Request>{from_scenario, *request})});
  }
}

}  // namespace lockstep::sim
