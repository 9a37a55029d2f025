#include "sim/fuzz/harms.hpp"

#include <algorithm>
#include <cstdlib>
#include <variant>

#include "core/base/overloaded.hpp"
#include "sim/faults/targets.hpp"
#include "sim/fuzz/remedies.hpp"

namespace lockstep::sim {
namespace {

Instant last_strike(const Fault& fault) {
  return fault.when == Fault::When::at ? fault.from : fault.until;
}

bool is_over_at_once(const FaultAction& action) {
  return std::visit([]<class Kind>(const Kind&) { return Once<Kind>; }, action);
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
  // The first fault of the list, by time, that surely helps; the number of faults where none does.
  [[nodiscard]] std::size_t first_help(Remedy remedy, Instant after, std::size_t place) const {
    std::size_t first = scenario_.faults.size();
    for (std::size_t i = 0; i < scenario_.faults.size(); ++i) {
      if (!helps(i, remedy, after, place)) continue;
      if (first == scenario_.faults.size() ||
          scenario_.faults[i].from < scenario_.faults[first].from)
        first = i;
    }
    return first;
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
    harms.late = harms.late + aftermath(scenario_, fault);
    if (gives(fault.action) == Remedy::heal) harms.calm = true;
    harms.unclear = harms.unclear || is_beyond_claims(scenario_, fault.action);
    if (const auto* disk = std::get_if<DiskFault>(&fault.action)) {
      using Kind = DiskFault::Kind;
      if (disk->kind == Kind::flip || disk->kind == Kind::misdirect) return spoil(i, harms);
      if (disk->kind == Kind::fail_sync) return fail_sync(i, at, harms);
    }
    if (const auto* crash = std::get_if<Crash>(&fault.action); crash && crash->again > 0)
      return relapse(i, crash->again, at, harms);
    if (const auto* clock = std::get_if<ClockFault>(&fault.action); clock && !clock->drift_ppm)
      return;
    if (is_over_at_once(fault.action)) return;
    const Remedy remedy = remedy_of(fault.action);
    const bool undone = not_helped(remedy, at, i).empty();
    if (fault.lasts) {
      if (undone) return;
      if (ends_in_time(at + *fault.lasts, harms)) return;
    }
    if (!undone) leave(i, remedy, at, harms);
  }

  // Whether what ends then ends within the run.
  bool ends_in_time(Instant end, Harms& harms) const {
    harms.last = std::max(harms.last, end);
    return end < Instant() + scenario_.duration;
  }

  // Whoever's disk was damaged is lost; of these a budget allows a minority.
  void spoil(std::size_t i, Harms& harms) const {
    const Fault& fault = scenario_.faults[i];
    const Reach reach = reach_of(target_lists(fault.action).front(), scenario_.nodes);
    const auto named = static_cast<std::int64_t>(reach.nodes.size());
    const std::int64_t most = named + reach.somebody * strikes_of(fault);
    const std::int64_t allowed =
        scenario_.spare_majority ? (scenario_.nodes - 1) / 2 : scenario_.nodes;
    harms.spoilt = static_cast<std::uint32_t>(std::min(allowed, harms.spoilt + most));
  }

  // The node ends with its next write, which a heal forestalls, and then it is down.
  void fail_sync(std::size_t i, Instant at, Harms& harms) const {
    const std::size_t heal = first_help(Remedy::heal, at, i);
    if (heal == scenario_.faults.size()) {
      harms.unclear = true;
      return;
    }
    const Instant latest = scenario_.faults[heal].from;
    const auto& lasts = scenario_.faults[i].lasts;
    // Its end strikes also where a restart came first, and was refused for what is on the disk.
    const bool ends = lasts && ends_in_time(latest + *lasts, harms);
    if (not_helped(Remedy::restart, latest, heal).empty()) return;
    if (!ends) leave(i, Remedy::restart, latest, harms, heal);
  }

  // Whatever starts it, it crashes again, so often.
  void relapse(std::size_t i, std::uint32_t again, Instant at, Harms& harms) const {
    const Duration down = *scenario_.faults[i].lasts;
    Instant start = at + down;
    for (const Fault& fault : scenario_.faults) {
      if (std::holds_alternative<Restart>(fault.action))
        start = std::max(start, last_strike(fault));
    }
    if (!ends_in_time(start + down * again, harms)) leave(i, Remedy::none, at, harms);
  }

  // `place`: of what happens at that instant.
  void leave(std::size_t i, Remedy remedy, Instant at, Harms& harms) const {
    leave(i, remedy, at, harms, i);
  }
  void leave(std::size_t i, Remedy remedy, Instant at, Harms& harms, std::size_t place) const {
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
                          [&](const ClockFault& a) { leave_drift(a, harms); },
                          [&](const Traitor& a) { leave_traitor(a, harms); },
                          [&](const auto&) {
                            if (stalls(action)) {
                              harms.unclear = true;
                              return;
                            }
                            const auto lists = target_lists(action);
                            Reach reach = reach_of(lists.front(), scenario_.nodes);
                            reach.nodes = whom_nothing(remedy, std::move(reach.nodes), at, place);
                            // Somebody nobody can name is one of those that nothing helps.
                            const auto left = not_helped(remedy, at, place);
                            if (reach.somebody > 0 && left.size() < scenario_.nodes) {
                              reach.nodes.insert(left.begin(), left.end());
                              reach.somebody = 0;
                            }
                            leave_reach(reach, harms);
                          }},
               action);
  }

  static bool stalls(const FaultAction& action) {
    const auto* disk = std::get_if<DiskFault>(&action);
    return disk != nullptr && remedy_of(action) == Remedy::heal;
  }
  // Clocks of this quality are everywhere; time-outs have room for them.
  static void leave_drift(const ClockFault& clock, Harms& harms) {
    harms.unclear = harms.unclear || std::abs(*clock.drift_ppm) > 1000;
  }
  // One that is silent for good still hears.
  void leave_traitor(const Traitor& traitor, Harms& harms) const {
    harms.one_way = true;
    leave_reach(reach_of(traitor.who, scenario_.nodes), harms);
  }

  static void leave_reach(const Reach& reach, Harms& harms) {
    harms.nodes.insert(reach.nodes.begin(), reach.nodes.end());
    harms.somebody += reach.somebody;
    harms.unclear = harms.unclear || reach.clients || reach.rest;
  }

  void leave_smaller(const std::vector<Target>& from, const std::vector<Target>& to,
                     Harms& harms) const {
    const Reach a = reach_of(from, scenario_.nodes), b = reach_of(to, scenario_.nodes);
    // Of two single nodes the same one whichever way the cut goes: without it all reach all.
    const bool pair = a.nodes.size() == 1 && b.nodes.size() == 1 && a.size() == b.size();
    const bool first = b.rest || (!a.rest && (pair ? a.nodes < b.nodes : a.size() <= b.size()));
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
