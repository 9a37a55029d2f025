#include "sim/trace/story.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <tuple>

#include "sim/trace/leadership.hpp"
#include "sim/trace/trouble.hpp"

namespace lockstep::sim {
namespace {

// One text, so that a failed check prints it.
std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}
using Lines = std::vector<std::string>;

Instant at_ms(std::int64_t ms) { return Instant(ms * 1'000'000); }

TracedStep role(std::int64_t ms, std::uint32_t node, std::string name, std::uint64_t term) {
  TracedStep step;
  step.at = at_ms(ms);
  step.number = static_cast<std::uint64_t>(ms);
  step.node = NodeId{node};
  step.event = "timer_fired";
  step.role = std::move(name);
  step.term = term;
  return step;
}

TracedStep vote(std::int64_t ms, std::uint32_t node, std::uint32_t from, std::uint64_t term,
                std::string becomes) {
  TracedStep step = role(ms, node, std::move(becomes), term);
  step.event = "received";
  step.name = "vote_granted";
  step.from = NodeId{from};
  step.text = "received n2 vote_granted{term=" + std::to_string(term) + "}";
  return step;
}

TracedFault fault(std::int64_t ms, std::string kind, std::string text,
                  std::vector<NodeId> nodes = {}) {
  return {at_ms(ms), std::move(kind), std::move(text), std::move(nodes), {}};
}

HistoryOperation operation(std::int64_t from, std::int64_t to,
                           HistoryOperation::Outcome outcome = HistoryOperation::Outcome::ok) {
  HistoryOperation made;
  made.client = NodeId{client_base + 1};
  made.verb = "put";
  made.invoked = at_ms(from);
  made.returned = at_ms(to);
  made.outcome = outcome;
  return made;
}

std::vector<TraceLine> partitioned_leader() {
  return {role(0, 3, "follower", 0),
          role(200, 3, "pre_candidate", 0),
          role(205, 3, "candidate", 1),
          vote(213, 3, 2, 1, "leader"),
          fault(5000, "partition", "cut n1 n3 | n2 n4 n5"),
          role(5200, 4, "candidate", 2),
          vote(5287, 4, 2, 2, "leader"),
          role(6000, 3, "follower", 1),
          fault(15000, "heal", "healed"),
          role(15020, 3, "follower", 2)};
}

TEST_CASE("the story of a partitioned leader") {
  using enum HistoryOperation::Outcome;
  const std::vector<HistoryOperation> history{
      operation(1000, 1010),       operation(2000, 2020), operation(4990, 5512),
      operation(5100, 0, unknown), operation(5600, 5612), operation(5700, 5701, failed),
      operation(16000, 16000 + 8)};
  CHECK(
      joined(tell_story(partitioned_leader(), history, "raft")) ==
      joined(
          {"   0.213 s    n3 leads in term 1 (elected 213 ms after the start)",
           "   5.000 s    cut n1 n3 | n2 n4 n5",
           "   5.287 s    n4 leads in term 2: 287 ms after the cut",
           "   6.000 s    n3 is no longer leader in term 1; n4 had taken over 713 ms before",
           "  15.000 s    healed",
           "clients: 5 operations ok, 1 unknown, 1 failed; longest wait 522 ms, from 4.990 s",
           "  from the start: 3 ok; p50 20 ms, p99 522 ms",
           "  from 5.000 s, cut n1 n3 | n2 n4 n5: 1 ok, 1 unknown, 1 failed; p50 12 ms, p99 12 ms",
           "  from 15.000 s, healed: 1 ok; p50 8 ms, p99 8 ms"}));
}

TEST_CASE("the story of a coordinator that crashes") {
  CHECK(joined(tell_story(
            {role(0, 1, "electing", 0), role(0, 5, "electing", 0), role(200, 5, "coordinator", 0),
             fault(3000, "crash", "crashed n5", {NodeId{5}}), role(3700, 4, "electing", 0),
             role(3900, 4, "coordinator", 0), fault(8000, "restart", "restarted n5", {NodeId{5}}),
             role(8200, 5, "coordinator", 0), role(8203, 4, "follower", 0)},
            {}, "bully")) ==
        joined({"   0.200 s    n5 is coordinator (elected 200 ms after the start)",
                "   3.000 s    crashed n5 (n5 was coordinator)",
                "   3.900 s    n4 is coordinator: 900 ms after the crash",
                "   8.000 s    restarted n5",
                "   8.200 s    n5 is coordinator: 200 ms after the restart",
                "   8.203 s    n4 is no longer coordinator; n5 had taken over 3 ms before"}));
}

TEST_CASE("a paused leader still believes, a restarted one does not") {
  CHECK(joined(tell_story(
            {role(0, 5, "coordinator", 0), fault(100, "pause", "paused n5", {NodeId{5}}),
             fault(200, "resume", "resumed n5", {NodeId{5}}),
             fault(300, "crash", "crashed n5", {NodeId{5}}),
             fault(400, "restart", "restarted n5", {NodeId{5}}), role(400, 5, "coordinator", 0)},
            {}, "bully")) ==
        joined({"   0.000 s    n5 is coordinator from the start",
                "   0.100 s    paused n5 (n5 was coordinator)",
                "   0.200 s    resumed n5 (n5 is still coordinator)",
                "   0.300 s    crashed n5 (n5 was coordinator)", "   0.400 s    restarted n5",
                "   0.400 s    n5 is coordinator: at the restart"}));
}

TEST_CASE("a coordinator by decree leads from the start") {
  CHECK(joined(tell_story({role(0, 5, "coordinator", 0)}, {}, "bully")) ==
        joined({"   0.000 s    n5 is coordinator from the start"}));
}

TEST_CASE("a broken rule is always told") {
  TracedViolation violation{at_ms(7), 12, NodeId{1}, "election safety", "n1 and n2 lead in term 3"};
  CHECK(joined(tell_story({violation}, {}, "raft")) ==
        joined({"   7.000 ms   rule broken: election safety, step 12: n1 and n2 lead in term 3"}));
}

TEST_CASE("nothing to tell is said") {
  CHECK(joined(tell_story({}, {}, "raft")) ==
        joined({"nothing happened that raft tells of: no leader, no fault"}));
}

TEST_CASE("a long story is cut in the middle and says so") {
  std::vector<TraceLine> lines;
  for (int i = 0; i < 200; ++i)
    lines.push_back(fault(1000 + i, "heal", "healed " + std::to_string(i)));
  for (int i = 0; i < 5; ++i) lines.push_back(fault(2000 + i, "tell", "campaign n1"));
  for (int i = 0; i < 30; ++i)
    lines.push_back(TracedViolation{at_ms(1100 + i), 1, NodeId{1}, "rule", "text"});
  const Lines story = tell_story(lines, {operation(10, 20)}, "raft");
  CHECK(story.size() <= 40);
  CHECK(story.front() == "   1.000 s    healed 0");
  const auto told = [&](const std::string& line) {
    return std::find(story.begin(), story.end(), line) != story.end();
  };
  CHECK(told("   1.100 s    rule broken: rule, step 1: text"));
  CHECK(told("   1.199 s    healed 199"));
  CHECK(told("            … and 5 smaller events …"));
  CHECK(told("  (the 201 phases between faults are not listed one by one)"));
  CHECK(std::any_of(story.begin(), story.end(), [](const std::string& line) {
    return line.find("events left out …") != std::string::npos;
  }));
}

TEST_CASE("durations for people have three digits") {
  CHECK(rounded(Duration(0)) == "0 ns");
  CHECK(rounded(microseconds(12) + nanoseconds(340)) == "12.3 us");
  CHECK(rounded(milliseconds(287)) == "287 ms");
  CHECK(rounded(milliseconds(1236)) == "1.24 s");
  CHECK(rounded(milliseconds(1200)) == "1.2 s");
  CHECK(rounded(seconds(30)) == "30 s");
}

TEST_CASE("the longest wait counts only while somebody waits") {
  using enum HistoryOperation::Outcome;
  const auto wait = [](std::vector<HistoryOperation> history) {
    const LongestWait found = longest_wait(history, at_ms(10'000));
    return std::tuple(found.from, found.length, found.to_the_end);
  };
  CHECK(wait({operation(100, 110), operation(5000, 5005)}) ==
        std::tuple(at_ms(100), milliseconds(10), false));
  CHECK(wait({operation(100, 900), operation(200, 600)}) ==
        std::tuple(at_ms(100), milliseconds(500), false));
  CHECK(wait({operation(100, 110), operation(9000, 0, unknown)}) ==
        std::tuple(at_ms(9000), milliseconds(1000), true));
  CHECK(wait({operation(100, 200, failed), operation(400, 450)}) ==
        std::tuple(at_ms(100), milliseconds(100), false));
  CHECK(wait({operation(100, 100)}) == std::tuple(Instant(), Duration(0), false));
}

TEST_CASE("campaigns: who stood, who voted, how it ended") {
  const Leadership found = read_leadership(
      {role(10, 1, "pre_candidate", 0), role(20, 1, "candidate", 1), vote(25, 1, 2, 0, "candidate"),
       role(300, 1, "candidate", 2), vote(310, 1, 2, 2, "candidate"),
       vote(311, 1, 2, 2, "candidate"), vote(312, 1, 3, 2, "leader"),
       role(15, 4, "pre_candidate", 0), role(30, 4, "follower", 0),
       fault(400, "crash", "crashed n1", {NodeId{1}}), role(500, 5, "candidate", 3)});
  REQUIRE(found.campaigns.size() == 4);
  const Campaign& first = found.campaigns[0];
  CHECK(first.term == 1);
  CHECK(first.began == at_ms(10));
  CHECK(first.voters.empty());  // that vote was of an older term
  CHECK(first.result == Campaign::Result::lost);
  const Campaign& second = found.campaigns[1];
  CHECK(second.result == Campaign::Result::won);
  CHECK(second.voters == std::vector<NodeId>{NodeId{2}, NodeId{3}});
  CHECK_FALSE(found.campaigns[2].stood);
  CHECK(found.campaigns[2].result == Campaign::Result::lost);
  CHECK(found.campaigns[3].result == Campaign::Result::open);
  REQUIRE(found.reigns.size() == 1);
  CHECK(found.reigns[0].crashed);
  CHECK(found.reigns[0].ended == at_ms(400));
}

TEST_CASE("what real peers of files were seen to do stands in the story") {
  TracedStep step;
  step.at = at_ms(4000);
  step.node = NodeId{3};
  step.event = "noticed";
  step.name = "found";
  step.text = "finds a.txt at n1";
  step.role = "peer";
  CHECK(tell_story({step}, {}, "flood") ==
        std::vector<std::string>{"   4.000 s    n3 finds a.txt at n1"});
}

TEST_CASE("troubles have a beginning and an end") {
  TracedFault cut = fault(100, "cut", "cut n1 from n2");
  cut.cut_links = {{NodeId{1}, NodeId{2}}};
  TracedFault pause = fault(150, "pause", "paused n1", {NodeId{1}});
  pause.cut_links = cut.cut_links;
  const auto found =
      read_troubles({role(0, 1, "follower", 0), cut, pause, fault(200, "heal", "healed"),
                     fault(250, "crash", "crashed n1", {NodeId{1}}),
                     fault(300, "slow_link", "slowed"), role(400, 1, "follower", 0)},
                    2);
  const auto is = [&](std::size_t i, Trouble::Kind kind, std::uint32_t node, std::int64_t from,
                      std::optional<std::int64_t> until) {
    CHECK(found[i].kind == kind);
    CHECK(found[i].node == NodeId{node});
    CHECK(found[i].from == at_ms(from));
    CHECK(found[i].until == (until ? std::optional(at_ms(*until)) : std::nullopt));
  };
  REQUIRE(found.size() == 5);
  is(0, Trouble::Kind::down, 2, 0, std::nullopt);  // it never takes a step
  is(1, Trouble::Kind::cut, 0, 100, 200);
  is(2, Trouble::Kind::paused, 1, 150, 250);
  is(3, Trouble::Kind::down, 1, 250, 400);
  is(4, Trouble::Kind::slow, 0, 300, std::nullopt);
}

}  // namespace
}  // namespace lockstep::sim
