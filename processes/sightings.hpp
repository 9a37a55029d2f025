// What can be known of a Raft cluster from the notices of its nodes (GET /v1/events) and from what
// was done to them: witnesses, figures, rules that broke, and a trace of who played which role.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "processes/reports.hpp"
#include "sim/trace/step.hpp"
#include "sim/world/verdict.hpp"

namespace lockstep::processes {

struct Sightings {
  std::set<std::string> witnesses;
  std::vector<sim::Violation> violations;  // election safety
  std::vector<sim::TracedStep> steps;      // one a notice, in order of time
  std::uint64_t candidacies = 0, leaders = 0, highest_term = 0;
  std::optional<Instant> first_elected;
  // When the newest leader was elected, while it leads and no other does.
  std::optional<Instant> leader_since;
  std::optional<Instant> newest_still_leads;  // the same, whether or not an old one leads as well
};

// Instants of nodes are exact to the millisecond: of what has the same instant, a leader that gives
// up comes first. What came before time 0 counts as of time 0.
[[nodiscard]] Sightings look_at(std::vector<NodeEvent> events,
                                const std::vector<sim::TracedFault>& faults, std::uint32_t nodes);

void add_raft_figures(const Sightings& sightings, std::uint64_t committed, sim::Figures& figures);

}  // namespace lockstep::processes
