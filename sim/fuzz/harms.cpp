#include "sim/fuzz/harms.hpp"

#include <algorithm>

#include "core/base/overloaded.hpp"
#include "sim/faults/targets.hpp"

namespace lockstep::sim {
namespace {

using Kind = Target::Kind;

// Whom a list of targets means, as far as that can be said before the run.
struct Reach {
  std::set<std::uint32_t> nodes;
  std::uint32_t somebody = 0;
  bool clients = false;
  bool rest = false;

  [[nodiscard]] std::uint32_t size() const {
    return static_cast<std::uint32_t>(nodes.size()) + somebody;
  }
};

Reach reach_of(const std::vector<Target>& targets, std::uint32_t nodes) {
  Reach reach;
  for (const Target& target : targets) {
    switch (target.kind) {
      case Kind::node: reach.nodes.insert(target.id.value()); break;
      case Kind::all:
        for (std::uint32_t n = 1; n <= nodes; ++n) reach.nodes.insert(n);
        break;
      case Kind::majority: reach.somebody += nodes / 2 + 1; break;
      case Kind::minority: reach.somebody += (nodes - 1) / 2; break;
      case Kind::client:
      case Kind::clients: reach.clients = true; break;
      case Kind::rest: reach.rest = true; break;
      default: ++reach.somebody;
    }
  }
  return reach;
}

enum class Remedy { none, heal, restart, resume };

// What undoes it; none where there is nothing to undo. Every kind stands here by name.
Remedy remedy_of(const FaultAction& action) {
  return std::visit(Overloaded{[](const Partition&) { return Remedy::heal; },
                               [](const Cut&) { return Remedy::heal; },
                               [](const Isolate&) { return Remedy::heal; },
                               [](const SlowLink&) { return Remedy::heal; },
                               [](const SlowDisk&) { return Remedy::heal; },
                               [](const Swizzle&) { return Remedy::heal; },
                               [](const Clog&) { return Remedy::heal; },
                               [](const Burst&) { return Remedy::heal; },
                               [](const Throttle&) { return Remedy::heal; },
                               [](const DiskFault&) { return Remedy::restart; },
                               [](const ClockFault&) { return Remedy::none; },
                               [](const Wipe&) { return Remedy::restart; },
                               [](const Traitor&) { return Remedy::none; },
                               [](const Twins&) { return Remedy::none; },
                               [](const Crash&) { return Remedy::restart; },
                               [](const Pause&) { return Remedy::resume; },
                               [](const Heal&) { return Remedy::none; },
                               [](const Restart&) { return Remedy::none; },
                               [](const Resume&) { return Remedy::none; },
                               [](const Tell&) { return Remedy::none; }},
                    action);
}

Remedy gives(const FaultAction& action) {
  if (std::holds_alternative<Heal>(action)) return Remedy::heal;
  if (std::holds_alternative<Restart>(action)) return Remedy::restart;
  if (std::holds_alternative<Resume>(action)) return Remedy::resume;
  return Remedy::none;
}

Instant last_strike(const Fault& fault) {
  return fault.when == Fault::When::at ? fault.from : fault.until;
}

std::int64_t most_strikes(const Fault& fault) {
  if (fault.when == Fault::When::at) return 1;
  if (fault.when == Fault::When::random) return fault.times;
  return (fault.until - fault.from).ns() / fault.period.ns() + 1;
}

// One fault that strikes for the last time at `at`, with what it does to whom.
class Damage {
 public:
  explicit Damage(const Scenario& scenario) : scenario_(scenario) {
    for (const NodeId node : scenario.down) down_.insert(node.value());
  }

  Harms find() {
    Harms harms;
    const std::size_t count = scenario_.faults.size();
    for (std::size_t i = 0; i < count; ++i) add(i, harms);
    for (const auto node : whom_nothing(Remedy::restart, down_, Instant(), 0))
      harms.nodes.insert(node);
    return harms;
  }

 private:
  // Those of `nodes` that no later fault of the kind that helps reaches. `place`: faults before it
  // in the list come first at the same instant.
  [[nodiscard]] std::set<std::uint32_t> whom_nothing(Remedy remedy, std::set<std::uint32_t> nodes,
                                                     Instant after, std::size_t place) const {
    for (std::size_t i = 0; i < scenario_.faults.size() && !nodes.empty(); ++i) {
      if (!helps(i, remedy, after, place)) continue;
      if (remedy == Remedy::heal) return {};
      const auto lists = target_lists(scenario_.faults[i].action);
      for (const auto node : reach_of(lists.front(), scenario_.nodes).nodes) nodes.erase(node);
    }
    return nodes;
  }
  [[nodiscard]] bool helps(std::size_t i, Remedy remedy, Instant after, std::size_t place) const {
    const Fault& fault = scenario_.faults[i];
    if (remedy == Remedy::none || gives(fault.action) != remedy) return false;
    const Instant at = fault.from;  // of several times the first is certain only for `at`
    return fault.when == Fault::When::at && (at > after || (at == after && i >= place));
  }
  // Those that nothing helps afterwards, of all nodes.
  [[nodiscard]] std::set<std::uint32_t> not_helped(Remedy remedy, Instant after,
                                                   std::size_t place) const {
    std::set<std::uint32_t> all;
    for (std::uint32_t n = 1; n <= scenario_.nodes; ++n) all.insert(n);
    return whom_nothing(remedy, std::move(all), after, place);
  }

  void add(std::size_t i, Harms& harms) const {
    const Fault& fault = scenario_.faults[i];
    const Instant at = last_strike(fault);
    harms.last = std::max(harms.last, at);
    if (const auto* slow = std::get_if<SlowLink>(&fault.action))
      harms.late = harms.late + slow->by * most_strikes(fault);
    // What these leave behind cannot be said before the run.
    harms.unclear = harms.unclear || std::holds_alternative<ClockFault>(fault.action) ||
                    std::holds_alternative<DiskFault>(fault.action) ||
                    std::holds_alternative<Wipe>(fault.action) ||
                    std::holds_alternative<Traitor>(fault.action) ||
                    std::holds_alternative<Twins>(fault.action);
    const Remedy remedy = remedy_of(fault.action);
    if (gives(fault.action) == Remedy::heal) harms.calm = true;
    if (remedy == Remedy::none) return;
    const bool undone = not_helped(remedy, at, i).empty();
    if (fault.lasts) {
      if (undone) return;
      harms.last = std::max(harms.last, at + *fault.lasts);
      if (at + *fault.lasts < Instant() + scenario_.duration) return;
    }
    if (!undone) leave(i, remedy, at, harms);
  }

  void leave(std::size_t i, Remedy remedy, Instant at, Harms& harms) const {
    const FaultAction& action = scenario_.faults[i].action;
    std::visit(Overloaded{[&](const Partition& a) { leave_groups(a, harms); },
                          [&](const Cut& a) {
                            harms.one_way = true;
                            leave_smaller(a.from, a.to, harms);
                          },
                          [&](const Isolate& a) {
                            harms.one_way = harms.one_way || a.way != Isolate::Way::both;
                            leave_reach(reach_of(a.who, scenario_.nodes), harms);
                          },
                          [&](const SlowLink&) { harms.unclear = true; },
                          [&](const SlowDisk&) { harms.unclear = true; },
                          [&](const Clog&) { harms.unclear = true; },
                          [&](const Burst&) { harms.unclear = true; },
                          [&](const Throttle&) { harms.unclear = true; },
                          [&](const auto&) {
                            const auto lists = target_lists(action);
                            Reach reach = reach_of(lists.front(), scenario_.nodes);
                            reach.nodes = whom_nothing(remedy, std::move(reach.nodes), at, i);
                            // Somebody nobody can name is one of those that nothing helps.
                            const auto left = not_helped(remedy, at, i);
                            if (reach.somebody > 0 && left.size() < scenario_.nodes) {
                              reach.nodes.insert(left.begin(), left.end());
                              reach.somebody = 0;
                            }
                            leave_reach(reach, harms);
                          }},
               action);
  }

  static void leave_reach(const Reach& reach, Harms& harms) {
    harms.nodes.insert(reach.nodes.begin(), reach.nodes.end());
    harms.somebody += reach.somebody;
    harms.unclear = harms.unclear || reach.clients || reach.rest;
  }

  void leave_smaller(const std::vector<Target>& from, const std::vector<Target>& to,
                     Harms& harms) const {
    const Reach a = reach_of(from, scenario_.nodes), b = reach_of(to, scenario_.nodes);
    const bool first = b.rest || (!a.rest && a.size() <= b.size());
    const Reach& smaller = first ? a : b;
    harms.unclear = harms.unclear || a.clients || b.clients;
    leave_reach({smaller.nodes, smaller.somebody, false, smaller.rest}, harms);
  }

  // The largest group goes on, with those that are in none; "rest" is such a group.
  void leave_groups(const Partition& partition, Harms& harms) const {
    std::vector<Reach> groups;
    for (const auto& group : partition.groups) groups.push_back(reach_of(group, scenario_.nodes));
    std::size_t core = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      harms.unclear = harms.unclear || groups[g].clients;
      if (groups[core].rest) continue;
      if (groups[g].rest || groups[g].size() > groups[core].size()) core = g;
    }
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (g != core) leave_reach(groups[g], harms);
    }
  }

  const Scenario& scenario_;
  std::set<std::uint32_t> down_;
};

}  // namespace

Harms harms_of(const Scenario& scenario) { return Damage(scenario).find(); }

}  // namespace lockstep::sim
