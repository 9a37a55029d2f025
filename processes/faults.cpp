#include "processes/faults.hpp"

#include <fmt/format.h>

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"
#include "sim/world/purpose.hpp"

namespace lockstep::processes {

using sim::describe_groups;
using sim::EndpointSet;

std::uint64_t permille(Ratio ratio) {
  return std::uint64_t{ratio.numerator} * 1000 / ratio.denominator;
}

Faults::Faults(const sim::Scenario& scenario, sim::Endpoints endpoints, Powers& powers)
    : scenario_(scenario),
      endpoints_(endpoints),
      powers_(powers),
      random_(mix_seed(scenario.seed, static_cast<std::uint64_t>(sim::Purpose::targets))),
      links_(endpoints),
      held_(endpoints.nodes) {}

void Faults::strike(std::size_t fault) {
  sim::Targets targets(endpoints_, powers_.views(), random_);
  std::string missing;
  const auto sets = targets.resolve(sim::target_lists(scenario_.faults[fault].action), missing);
  if (!sets) return tell("skipped", "no " + missing + " to hit at this instant", {});
  powers_.disturbed();
  apply(fault, *sets);
}

void Faults::apply(std::size_t fault, const std::vector<EndpointSet>& sets) {
  const auto ends = [&](std::uint64_t strike, EndpointSet who) {
    const auto& lasts = scenario_.faults[fault].lasts;
    if (!lasts) return;
    powers_.at(powers_.now() + *lasts,
               [this, over = End{fault, strike, std::move(who)}] { end(over); });
  };
  const auto names = [&](const EndpointSet& set) { return describe_groups(endpoints_, {set}); };
  ++strikes_;
  std::visit(
      Overloaded{
          [&](const sim::Partition&) {
            ends(links_.partition(sets), {});
            link("partition", "cut " + describe_groups(endpoints_, sets));
          },
          [&](const sim::Cut&) {
            ends(links_.cut(sets[0], sets[1]), {});
            link("cut", "cut from " + names(sets[0]) + " to " + names(sets[1]));
          },
          [&](const sim::Isolate& isolate) {
            ends(links_.isolate(sets[0], isolate.way), {});
            const char* way = isolate.way == sim::Isolate::Way::both ? ""
                              : isolate.way == sim::Isolate::Way::in ? " (incoming)"
                                                                     : " (outgoing)";
            link("isolate", "isolated " + names(sets[0]) + way, sets[0]);
          },
          [&](const sim::Heal&) { heal(); },
          [&](const sim::Crash&) { ends(strikes_, crash(sets[0])); },
          [&](const sim::Restart&) { restart(sets[0]); },
          [&](const sim::Pause&) { ends(strikes_, pause(sets[0])); },
          [&](const sim::Resume&) { resume(sets[0]); },
          [&](const sim::SlowLink& slow) {
            ends(links_.slow(sets[0], sets[1], slow.by), {});
            powers_.links_changed(false);
            tell("slow_link",
                 "slowed " + describe_groups(endpoints_, sets) + " by " + to_text(slow.by), {});
          },
          [&](const sim::SlowDisk& slow) {
            slow_disk(sets[0], slow.latency);
            ends(strikes_, sets[0]);
          },
          [&](const sim::Measure& found) {
            tell("vitals",
                 fmt::format("{}: CPU at {}, memory at {} per mille", names(sets[0]),
                             permille(found.cpu), permille(found.memory)),
                 sets[0]);
            for (const auto n : sets[0]) {
              if (is_node(n)) powers_.measure(n, found);
            }
          },
          [&](const sim::Tell& order) {
            tell("tell", order.verb + " " + names(sets[0]), sets[0]);
            for (const auto n : sets[0]) {
              if (is_node(n) && powers_.is_up(n)) powers_.order(n, order.verb);
            }
          },
          [&](const auto&) { check(false, "what cannot be done is refused before the run"); }},
      scenario_.faults[fault].action);
}

void Faults::link(const char* kind, const std::string& text, const EndpointSet& who) {
  witnesses_.insert("partitioned");
  powers_.links_changed(false);
  tell(kind, text, who);
}

void Faults::heal() {
  links_.clear();
  powers_.links_changed(true);
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    if (held_[n].slow_by != 0) quicken({n});
  }
  tell("heal", "healed", {});
}

EndpointSet Faults::still_held(const End& end, std::uint64_t Held::*by) const {
  EndpointSet held;
  for (const auto n : end.who) {
    if (held_[n].*by == end.strike) held.push_back(n);
  }
  return held;
}

void Faults::end(const End& end) {
  const auto undo = [&](std::uint64_t Held::*by, void (Faults::*how)(const EndpointSet&)) {
    const EndpointSet held = still_held(end, by);
    if (held.empty()) return;
    powers_.disturbed();
    (this->*how)(held);
  };
  const auto& action = scenario_.faults[end.fault].action;
  if (std::holds_alternative<sim::Crash>(action)) return undo(&Held::down_by, &Faults::restart);
  if (std::holds_alternative<sim::Pause>(action)) return undo(&Held::paused_by, &Faults::resume);
  if (std::holds_alternative<sim::SlowDisk>(action)) {
    const EndpointSet slow = still_held(end, &Held::slow_by);
    undo(&Held::slow_by, &Faults::quicken);
    if (!slow.empty())
      tell("slow_disk", "disk of " + describe_groups(endpoints_, {slow}) + " is as before", slow);
    return;
  }
  if (!links_.undo(end.strike)) return;
  powers_.disturbed();
  powers_.links_changed(false);
  tell("heal", "healed", {});
}

// Those it hit: who is down already is not.
EndpointSet Faults::crash(const EndpointSet& who) {
  EndpointSet hit;
  for (const auto n : who) {
    if (!is_node(n) || !powers_.is_up(n)) continue;
    powers_.crash(n);
    held_[n].down_by = strikes_;
    held_[n].paused_by = 0;
    hit.push_back(n);
  }
  if (hit.empty()) return hit;
  witnesses_.insert("crashed");
  tell("crash", "crashed " + describe_groups(endpoints_, {hit}), hit);
  return hit;
}

void Faults::restart(const EndpointSet& who) {
  EndpointSet hit;
  for (const auto n : who) {
    if (is_node(n) && !powers_.is_up(n)) hit.push_back(n);
  }
  if (hit.empty()) return;
  witnesses_.insert("restarted");
  tell("restart", "restarted " + describe_groups(endpoints_, {hit}), hit);
  for (const auto n : hit) {
    held_[n].down_by = 0;
    powers_.launch(n);
  }
}

// Those it hit: the live. One that is paused already is this fault's from here on.
EndpointSet Faults::pause(const EndpointSet& who) {
  EndpointSet hit;
  for (const auto n : who) {
    if (!is_node(n) || !powers_.is_up(n)) continue;
    powers_.pause(n);
    held_[n].paused_by = strikes_;
    hit.push_back(n);
  }
  if (hit.empty()) return hit;
  witnesses_.insert("paused");
  tell("pause", "paused " + describe_groups(endpoints_, {hit}), hit);
  return hit;
}

void Faults::resume(const EndpointSet& who) {
  EndpointSet hit;
  for (const auto n : who) {
    if (!is_node(n) || !powers_.is_paused(n)) continue;
    powers_.resume(n);
    held_[n].paused_by = 0;
    hit.push_back(n);
  }
  if (!hit.empty()) tell("resume", "resumed " + describe_groups(endpoints_, {hit}), hit);
}

void Faults::slow_disk(const EndpointSet& who, Duration latency) {
  for (const auto n : who) {
    powers_.slow_disk(n, latency);
    held_[n].slow_by = strikes_;
  }
  tell("slow_disk",
       "disk of " + describe_groups(endpoints_, {who}) + " takes " + to_text(latency) + " more",
       who);
}

void Faults::quicken(const EndpointSet& who) {
  for (const auto n : who) {
    powers_.slow_disk(n, Duration());
    held_[n].slow_by = 0;
  }
}

void Faults::tell(const char* kind, const std::string& text, const EndpointSet& who) {
  sim::TracedFault fault;
  fault.at = powers_.now();
  fault.kind = kind;
  fault.text = text;
  for (const auto endpoint : who) fault.nodes.push_back(endpoints_.id(endpoint));
  fault.cut_links = links_.cut_links();
  powers_.tell(std::move(fault));
}

}  // namespace lockstep::processes
