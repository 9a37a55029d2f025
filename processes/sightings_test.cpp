#include "processes/sightings.hpp"

#include <doctest/doctest.h>

namespace lockstep::processes {
namespace {

NodeEvent event(int ms, std::uint32_t node, std::uint64_t term, const char* kind) {
  return {Instant() + milliseconds(ms), node, term, kind, kind};
}
sim::TracedFault crash(int ms, std::uint32_t node) {
  return {Instant() + milliseconds(ms), "crash", "", {NodeId(node + 1)}, {}};
}
std::string seen(const Sightings& sightings) {
  std::string text;
  for (const auto& name : sightings.witnesses) text += (text.empty() ? "" : " ") + name;
  return text;
}

TEST_CASE("one election: a leader, nothing to witness") {
  const auto found =
      look_at({event(200, 0, 1, "became_candidate"), event(210, 0, 1, "became_leader"),
               event(212, 1, 1, "became_follower")},
              {}, 3);
  CHECK(seen(found) == "");
  CHECK(found.candidacies == 1);
  CHECK(found.leaders == 1);
  CHECK(found.highest_term == 1);
  CHECK(found.first_elected == Instant() + milliseconds(210));
  CHECK(found.leader_since == Instant() + milliseconds(210));
  REQUIRE(found.steps.size() == 3);
  CHECK(found.steps[1].role == "leader");
  CHECK(found.steps[1].node == NodeId(1));
}

TEST_CASE("two leaders at once are seen, a change within one millisecond is none") {
  const std::vector<NodeEvent> apart{event(1, 0, 1, "became_leader"),
                                     event(50, 1, 2, "became_leader"),
                                     event(60, 0, 2, "stepped_down")};
  CHECK(seen(look_at(apart, {}, 2)) == "leader_changed leader_stepped_down stale_leader");
  CHECK_FALSE(look_at({apart[0], apart[1]}, {}, 2).leader_since.has_value());
  CHECK(look_at({apart[0], apart[1]}, {}, 2).newest_still_leads.has_value());
  const std::vector<NodeEvent> together{event(1, 0, 1, "became_leader"),
                                        event(60, 1, 2, "became_leader"),
                                        event(60, 0, 2, "stepped_down")};
  CHECK(seen(look_at(together, {}, 2)) == "leader_changed leader_stepped_down");
}

TEST_CASE("why a leader stepped down is in its notice") {
  const auto because = [](const char* reason) {
    NodeEvent down = event(60, 0, 2, "stepped_down");
    down.text = std::string("stepped_down{term=1 reason=") + reason + "}";
    return seen(look_at({event(1, 0, 1, "became_leader"), down}, {}, 2));
  };
  CHECK(because("transferred") == "leader_stepped_down leadership_transferred");
  CHECK(because("stalled_disk") == "leader_disk_stalled leader_stepped_down");
  CHECK(because("lost_quorum") == "leader_stepped_down");
}

TEST_CASE("a crashed leader leads no more") {
  const auto found = look_at({event(1, 0, 1, "became_leader"), event(300, 1, 2, "became_leader")},
                             {crash(5, 0)}, 2);
  CHECK(seen(found) == "leader_changed");
  CHECK(found.leader_since == Instant() + milliseconds(300));
}

TEST_CASE("split votes, overwritten entries, and two leaders of one term") {
  CHECK(seen(look_at({event(1, 0, 1, "became_candidate"), event(9, 0, 2, "became_candidate")}, {},
                     1)) == "split_vote");
  CHECK(seen(look_at({event(1, 0, 1, "log_truncated")}, {}, 1)) == "entries_overwritten");
  const auto broken =
      look_at({event(1, 0, 4, "became_leader"), event(2, 2, 4, "became_leader")}, {}, 3);
  REQUIRE(broken.violations.size() == 1);
  CHECK(broken.violations[0].rule == "election safety");
  CHECK(broken.violations[0].text == "n1 and n3 both led term 4");
}

TEST_CASE("what came before time 0 counts as of time 0") {
  const auto found = look_at({event(-40, 0, 1, "became_leader")}, {}, 1);
  CHECK(found.first_elected == Instant());
}

}  // namespace
}  // namespace lockstep::processes
