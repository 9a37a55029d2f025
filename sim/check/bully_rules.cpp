#include "sim/check/bully_rules.hpp"
#include "sim/check/member_name.hpp"

#include <algorithm>
#include <string>

namespace lockstep::sim {

namespace {

using Group = std::vector<BullyMember>;

bool takes_itself(const BullyMember& member) { return member.coordinator == member.node; }

// One coordinator: at most one node of a connected group takes itself for the coordinator.
void one_coordinator(const Group& group, Instant now, std::vector<Violation>& found) {
  const auto first = std::find_if(group.begin(), group.end(), takes_itself);
  if (first == group.end()) return;
  const auto second = std::find_if(first + 1, group.end(), takes_itself);
  if (second == group.end()) return;
  found.push_back({"one coordinator",
                   member_name(first->node) + " and " + member_name(second->node) +
                       " both coordinate, and they reach each other",
                   second->node, now});
}

// Highest coordinator: the node that coordinates a connected group is its highest live one.
void highest_coordinator(const Group& group, Instant now, std::vector<Violation>& found) {
  const auto by_id = [](const BullyMember& a, const BullyMember& b) { return a.node < b.node; };
  const NodeId highest = std::max_element(group.begin(), group.end(), by_id)->node;
  if (std::any_of(group.begin(), group.end(), [&](const BullyMember& member) {
        return takes_itself(member) && member.node == highest;
      }))
    return;
  const auto lower = std::find_if(group.begin(), group.end(), takes_itself);
  if (lower == group.end()) return;  // nobody coordinates: the next rule says whom that leaves
  found.push_back(
      {"highest coordinator",
       member_name(lower->node) + " coordinates although " + member_name(highest) + " is alive",
       lower->node, now});
}

// Everyone knows: every live node of a connected group takes a member of it for the coordinator
// that takes itself for it.
void everyone_knows(const Group& group, Instant now, std::vector<Violation>& found) {
  std::vector<NodeId> coordinators;
  for (const BullyMember& member : group)
    if (takes_itself(member)) coordinators.push_back(member.node);
  std::sort(coordinators.begin(), coordinators.end());
  for (const BullyMember& member : group) {
    if (std::binary_search(coordinators.begin(), coordinators.end(), member.coordinator)) continue;
    found.push_back({"everyone knows",
                     member_name(member.node) + " takes " + member_name(member.coordinator) +
                         " for the coordinator, which is no coordinator it reaches",
                     member.node, now});
    return;
  }
}

}  // namespace

std::vector<Violation> BullyRules::check_quiet(const BullyView& view, Instant now) const {
  std::vector<Violation> found;
  for (const Group& group : view.groups) {
    if (group.empty()) continue;
    one_coordinator(group, now, found);
    highest_coordinator(group, now, found);
    everyone_knows(group, now, found);
  }
  return found;
}

}  // namespace lockstep::sim
