#include "processes/election_sightings.hpp"

#include <doctest/doctest.h>

namespace lockstep::processes {
namespace {

Instant moment(int ms) { return Instant() + milliseconds(ms); }

// `who` is the id of the node that the event is about.
NodeEvent noted(int ms, std::uint32_t node, const char* kind, std::uint64_t epoch,
                std::uint64_t who) {
  return {moment(ms), node, epoch, kind, kind, 0, who};
}
NodeEvent won(int ms, std::uint32_t node, std::uint64_t epoch) {
  return noted(ms, node, "election_won", epoch, node + 1);
}
NodeEvent failed(int ms, std::uint32_t node, std::uint64_t who) {
  return noted(ms, node, "node_failed", 0, who);
}
sim::TracedFault crashed(int ms, std::uint32_t node) {
  return {moment(ms), "crash", "", {NodeId(node + 1)}, {}};
}
Conclusion look(std::vector<NodeEvent> events, const std::vector<sim::TracedFault>& faults = {},
                Elections elections = Elections::certified) {
  return look_at_election(std::move(events), faults, 4, elections);
}
std::string witnessed(const Conclusion& found) {
  std::string text;
  for (const auto& name : found.witnesses) text += (text.empty() ? "" : " ") + name;
  return text;
}
double figure(const Conclusion& found, const std::string& name) {
  for (const auto& [known, value] : found.figures) {
    if (known == name) return value;
  }
  return -1;
}

TEST_CASE("one election: a coordinator, nothing to witness") {
  const auto found =
      look({noted(100, 2, "election_started", 1, 3), won(110, 2, 1),
            noted(110, 2, "leader_changed", 1, 3), noted(115, 0, "leader_changed", 1, 3)});
  CHECK(witnessed(found) == "");
  CHECK(found.violations.empty());
  CHECK(figure(found, "elections") == 1);
  CHECK(figure(found, "coordinator_changes") == 0);
  CHECK(figure(found, "last_coordinator_ms") == 110);
  REQUIRE(found.steps.size() == 4);
  CHECK(found.steps[0].role == "electing");
  CHECK(found.steps[1].role == "coordinator");
  CHECK(found.steps[2].role == "coordinator");
  CHECK(found.steps[3].role == "follower");
}

TEST_CASE("a coordinator whom nobody took for dead has handed over") {
  CHECK(witnessed(look({won(100, 3, 1), won(900, 2, 2)})) == "coordinator_changed handed_over");
  CHECK(witnessed(look({won(100, 3, 1), failed(900, 0, 4), won(900, 2, 2)})) ==
        "coordinator_changed");
  CHECK(witnessed(look({won(100, 3, 1), won(900, 2, 2)}, {crashed(500, 3)})) ==
        "coordinator_changed");
  // Its lease ended, and it stood again.
  CHECK(witnessed(look({won(100, 3, 1), noted(800, 3, "election_started", 2, 4),
                        won(900, 2, 2)})) == "coordinator_changed");
  // Somebody else's death is none of its own.
  CHECK(witnessed(look({won(100, 3, 1), failed(500, 0, 2), won(900, 2, 2)})) ==
        "coordinator_changed handed_over");
  // Where nobody is asked, anybody may stand.
  CHECK(witnessed(look({won(100, 3, 1), won(900, 2, 2)}, {}, Elections::free)) ==
        "coordinator_changed");
  CHECK(witnessed(look({won(100, 3, 1), won(900, 3, 2)})) == "");
}

TEST_CASE("what an event alone is a witness of") {
  CHECK(witnessed(look({noted(1, 0, "quorum_failed", 1, 1)})) == "quorum_failed");
  CHECK(witnessed(look({noted(1, 0, "preemptive_election", 1, 4)})) == "failure_predicted");
  CHECK(witnessed(look({noted(1, 0, "byzantine_detected", 1, 4)})) == "offender_found");
  CHECK(witnessed(look({noted(1, 0, "token_refused", 1, 4)})) == "token_refused");
}

TEST_CASE("two of one epoch break the rule once, whoever tells of them") {
  const auto broken =
      look({won(1, 1, 4), noted(2, 3, "leader_changed", 4, 4), noted(3, 3, "token_issued", 4, 4)});
  REQUIRE(broken.violations.size() == 1);
  CHECK(broken.violations[0].rule == "one leader an epoch");
  CHECK(broken.violations[0].text == "n2 and n4 both led epoch 4");
  CHECK(look({won(1, 1, 4), won(2, 3, 5)}).violations.empty());
}

TEST_CASE("a node that follows in an older epoch goes back") {
  const auto broken =
      look({noted(1, 0, "leader_changed", 4, 2), noted(2, 1, "leader_changed", 3, 3),
            noted(9, 0, "leader_changed", 3, 3)});
  REQUIRE(broken.violations.size() == 1);
  CHECK(broken.violations[0].rule == "epoch goes back");
  CHECK(broken.violations[0].node == NodeId(1));
}

TEST_CASE("a role that was seen counts, and what names no epoch is of the newest") {
  const auto found = look({won(1, 3, 4), noted(5, 3, seen_role, 4, 0), failed(9, 3, 2)});
  REQUIRE(found.steps.size() == 3);
  CHECK(found.steps[1].role == seen_role);
  CHECK(found.steps[2].role == seen_role);
  CHECK(found.steps[2].term == 4);
}

TEST_CASE("two reigns are at once only where one was seen before the other ended") {
  Reigns apart;
  apart.seen(0, 1, moment(10));
  apart.seen(0, 1, moment(60));
  apart.seen(1, 2, moment(61));
  apart.seen(0, 3, moment(70));
  CHECK_FALSE(apart.two_at_once());
  Reigns together = apart;
  together.seen(0, 1, moment(61));
  CHECK(together.two_at_once());
  Reigns alone;
  alone.seen(0, 1, moment(10));
  alone.seen(0, 2, moment(10));
  CHECK_FALSE(alone.two_at_once());
}

}  // namespace
}  // namespace lockstep::processes
