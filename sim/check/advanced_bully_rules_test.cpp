// Known-bad cases of every rule between nodes, each beside one that breaks nothing.
#include "sim/check/advanced_bully_rules.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace lockstep;
using namespace lockstep::sim;
using advanced_bully::Record;
using advanced_bully::Ruled;
using advanced_bully::Voted;

namespace {

constexpr NodeId node1(1), node2(2), node3(3);

Record vote(std::uint64_t epoch, NodeId candidate) {
  quorum::Vote vote;
  vote.ballot.epoch = Epoch(epoch);
  vote.ballot.claim.candidate = candidate;
  return Voted{vote};
}
Record ruled(std::uint64_t epoch, NodeId leader) { return Ruled{Epoch(epoch), leader}; }
Record action(std::uint64_t epoch, std::uint64_t number) {
  return fencing::Action{{Epoch(epoch), number}, "bed", "taken"};
}

std::string broken(AdvancedBullyRules& rules) {
  std::string names;
  for (const Violation& violation : rules.violations())
    names += (names.empty() ? "" : ", ") + violation.rule;
  return names;
}

struct Sim {
  AdvancedBullyRules rules{3};
  explicit Sim(const std::vector<Record>& durable = {}) { rules.started({}, node1, durable); }
  Sim& writes(const Record& record) {
    rules.persisted(Instant(7), node1, record);
    return *this;
  }
};

std::string quiet(const std::vector<ElectionGroup>& groups) {
  AdvancedBullyRules rules(3);
  rules.judge_quiet(Instant(7), groups);
  CHECK(AdvancedBullyRules::settled(groups) == rules.violations().empty());
  return broken(rules);
}

}  // namespace

TEST_CASE("one leader an epoch") {
  AdvancedBullyRules rules(3);
  rules.elected(Instant(1), node1, Epoch(1));
  rules.elected(Instant(2), node1, Epoch(1));
  rules.elected(Instant(3), node2, Epoch(2));
  CHECK(broken(rules) == "");
  rules.elected(Instant(4), node3, Epoch(2));
  REQUIRE(broken(rules) == "one leader an epoch");
  CHECK(rules.violations()[0].text == "n3 and n2 both won epoch 2");
  CHECK(rules.violations()[0].at == Instant(4));
  rules.elected(Instant(5), node2, Epoch(1));
  CHECK_MESSAGE(rules.violations().size() == 1, "each rule is told once a run");
}

TEST_CASE("vote changed") {
  CHECK(broken(Sim().writes(vote(1, node2)).writes(vote(1, node2)).writes(vote(2, node3)).rules) ==
        "");
  CHECK(broken(Sim().writes(vote(1, node2)).writes(vote(1, node3)).rules) == "vote changed");
  CHECK(broken(Sim({vote(1, node2)}).writes(vote(1, node3)).rules) == "vote changed");
  Sim twin;
  twin.rules.exempt(node1);
  CHECK(broken(twin.writes(vote(1, node2)).writes(vote(1, node3)).rules) == "");
}

TEST_CASE("epoch goes back") {
  for (const Record& record : {vote(4, node2), ruled(4, node2)}) {
    Sim sim;
    sim.writes(record);
    sim.rules.started({}, node1, {});
    CHECK_MESSAGE(broken(sim.rules) == "", "it was not durable");
    sim.writes(record);
    sim.rules.told_durable(node1, RecordSeq(1));
    sim.rules.started({}, node1, {record});
    CHECK(broken(sim.rules) == "");
    sim.rules.started({}, node1, {vote(3, node2)});
    CHECK(broken(sim.rules) == "epoch goes back");
  }
}

TEST_CASE("older token accepted") {
  CHECK(broken(Sim().writes(action(1, 2)).writes(action(1, 2)).writes(action(2, 1)).rules) == "");
  CHECK(broken(Sim().writes(action(1, 2)).writes(action(1, 1)).rules) == "older token accepted");
  CHECK(broken(Sim().writes(action(2, 1)).writes(action(1, 9)).rules) == "older token accepted");
  CHECK(broken(Sim({action(2, 1)}).writes(action(1, 9)).rules) == "older token accepted");
}

TEST_CASE("trail broken") {
  audit::Trail trail;
  const audit::Event first = trail.append(Instant(1), audit::NodeFailed{node2});
  const audit::Event second = trail.append(Instant(2), audit::NodeFailed{node3});
  const audit::Event third = trail.append(Instant(3), audit::NodeRecovered{node3});
  CHECK(broken(Sim().writes(first).writes(second).writes(third).rules) == "");
  CHECK(broken(Sim({first, second}).writes(third).rules) == "");
  CHECK_MESSAGE(broken(Sim({second}).writes(third).rules) == "", "the first was forgotten");
  CHECK(broken(Sim().writes(second).rules) == "trail broken");
  CHECK(broken(Sim().writes(first).writes(third).rules) == "trail broken");
  Sim gap({first, third});
  CHECK(broken(gap.rules) == "trail broken");
  audit::Event changed = first;
  changed.at = Instant(9);
  CHECK(broken(Sim().writes(changed).writes(second).rules) == "trail broken");
}

TEST_CASE("one coordinator, everyone knows, acts without quorum") {
  CHECK(quiet({}) == "");
  CHECK(quiet({{{{node1, node3}, {node2, node3}, {node3, node3, true}}, true}}) == "");
  CHECK(quiet({{{{node1, node3}, {node2, node2}, {node3, node3}}, true}}) ==
        "one coordinator, everyone knows");
  CHECK(quiet({{{{node1, nobody}, {node2, node3}, {node3, node3}}, true}}) == "everyone knows");
  CHECK_MESSAGE(quiet({{{{node1, node3}, {node2, node3}}, true}}) == "everyone knows",
                "one who is dead");
  CHECK(quiet({{{{node1, nobody}}, false}}) == "");
  CHECK_MESSAGE(quiet({{{{node1, node1}}, false}}) == "",
                "it has not noticed yet, and may not act");
  CHECK(quiet({{{{node1, node1, true}}, false}}) == "acts without quorum");
  CHECK_MESSAGE(
      quiet({{{{node1, node1, true}}, true}, {{{node2, node2}, {node3, node2}}, true}}) == "",
      "each group is judged for itself");
}
