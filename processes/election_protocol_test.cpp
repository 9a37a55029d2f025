#include "processes/election_protocol.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "node/keys/folder_for_tests.hpp"
#include "node/keys/key_files.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::processes {
namespace {

sim::Scenario rooms(const std::string& members = "") {
  return sim::parse_scenario(
      "s.json", R"({"format":1,"title":"t","protocol":"advanced_bully","nodes":4)" + members + "}");
}
std::string setting(const Settings& settings, const std::string& key) {
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const auto& one) { return one.first == key; });
  return found == settings.end() ? "none" : found->second;
}

TEST_CASE("a node is told the whole of an election, in its own words") {
  const auto scenario = rooms(
      R"(,"config":{"profile":"lan","quorum":"degraded","weights":[10,5,20,1],"id_weight":0,
        "min_office":"0 s","renew_every":"2 s","hysteresis":7,"predicts":false})");
  const Settings told = ElectionProtocol(scenario).settings();
  CHECK(setting(told, "election.quorum") == "degraded");
  CHECK(setting(told, "election.f") == "1");
  CHECK(setting(told, "election.weights") == "1.0, 0.5, 2.0, 0.1");
  CHECK(setting(told, "election.id_weight") == "0");
  CHECK(setting(told, "election.min_office") == "1 ns");
  CHECK(setting(told, "election.heartbeat") == "500 ms");
  CHECK(setting(told, "election.lease_renewal") == "2 s");
  CHECK(setting(told, "election.hysteresis") == "7");
  CHECK(setting(told, "election.predicts") == "false");
  CHECK(setting(ElectionProtocol(rooms()).settings(), "election.weights") == "none");
}

TEST_CASE("every node gets a secret of its own and everybody's public keys") {
  const node::Folder folder;
  const auto scenario = rooms();
  const ElectionProtocol protocol(scenario);
  std::vector<Settings> told;
  for (std::uint32_t n = 0; n < 4; ++n) {
    const std::string data = folder.path() + "/n" + std::to_string(n + 1) + "/data";
    told.push_back(protocol.move_in({n, "c", folder.path(), data}));
  }
  for (std::uint32_t n = 0; n < 4; ++n) {
    node::Errors errors;
    const auto ring = node::read_keyring(setting(told[n], "election.keys"),
                                         setting(told[n], "election.secret"), errors);
    REQUIRE_MESSAGE(ring.has_value(), errors.text());
    CHECK(ring->self == NodeId(n + 1));
    CHECK(ring->keys.size() == 4);
  }
}

TEST_CASE("what a node says of its election") {
  const auto scenario = rooms();
  const ElectionProtocol protocol(scenario);
  const auto status = protocol.status_of(nlohmann::json::parse(
      R"({"role":"coordinator","leader":4,"epoch":3,"newest":5,"may_act":true,"struck":[{}]})"));
  CHECK(status.role == "coordinator");
  CHECK(status.leader == 4);
  CHECK(status.reign == 3);
  CHECK(status.term == 5);
  CHECK(status.acts);
  CHECK(status.struck == 1);
  CHECK(protocol.status_of(nlohmann::json::parse(R"({"leader":null,"epoch":0})")).leader == 0);

  const auto event = [&](const std::string& fields) {
    return protocol.event_of(
        nlohmann::json::parse(R"({"sequence":9,"kind":"k","text":"t","fields":)" + fields + "}"));
  };
  CHECK(event(R"({"epoch":3,"before":4,"after":1})").about == 1);
  CHECK(event(R"({"epoch":3,"before":4,"after":1})").term == 3);
  CHECK(event(R"({"epoch":3,"winner":2,"score":9})").about == 2);
  CHECK(event(R"({"token":{"epoch":6,"number":1},"holder":2})").term == 6);
  CHECK(event(R"({"token":{"epoch":6,"number":1},"holder":2})").about == 2);
  CHECK(event(R"({"node":3,"in_a_row":1})").about == 3);
  CHECK(event("{}").number == 9);
}

TEST_CASE("agreement: who can elect follows one in one epoch, and who cannot does not act") {
  const auto scenario = rooms();
  const ElectionProtocol protocol(scenario);
  const auto follows = [](std::uint64_t leader, std::uint64_t reign, bool acts = false) {
    NodeStatus status;
    status.leader = leader;
    status.reign = reign;
    status.acts = acts;
    return status;
  };
  const std::vector<sim::EndpointSet> whole{{0, 1, 2, 3}}, split{{0, 1, 2}, {3}};
  const std::vector<NodeStatus> agreed{follows(3, 5), follows(3, 5), follows(3, 5), follows(3, 5)};
  CHECK(protocol.agreed(whole, agreed));
  CHECK(protocol.agreed(split, agreed));
  auto other = agreed;
  other[1] = follows(4, 5);
  CHECK_FALSE(protocol.agreed(whole, other));
  other[1] = follows(0, 5);
  CHECK_FALSE(protocol.agreed(whole, other));
  other[1] = follows(3, 4);
  CHECK_FALSE(protocol.agreed(whole, other));
  other = agreed;
  other[3] = follows(4, 4, true);
  CHECK_FALSE(protocol.agreed(split, other));  // its lease has not ended
  other[3].acts = false;
  CHECK(protocol.agreed(split, other));
  CHECK_FALSE(protocol.agreed({{0, 1, 2}}, {follows(4, 5), follows(4, 5), follows(4, 5)}));
}

TEST_CASE("an epoch that a node told of is not left behind by its next life") {
  const auto scenario = rooms();
  ElectionProtocol protocol(scenario);
  const auto in = [](int ms, std::uint64_t term) {
    NodeStatus status;
    status.at = Instant() + milliseconds(ms);
    status.term = term;
    return status;
  };
  protocol.saw(NodeEvent{Instant(), 0, 7, "leader_changed", "", 1, 4});
  protocol.saw(0, in(1, 6));  // it was asked before that
  protocol.launched(0);
  protocol.saw(0, in(2, 6));
  protocol.saw(0, in(3, 6));
  const auto found = protocol.conclude({}, {});
  REQUIRE(found.violations.size() == 1);
  CHECK(found.violations[0].rule == "epoch goes back");
}

TEST_CASE("a sole coordinator leads since it was seen to, until it ends") {
  const auto scenario = rooms();
  ElectionProtocol protocol(scenario);
  const auto leads = [&](std::uint32_t node, int ms) {
    NodeStatus status;
    status.at = Instant() + milliseconds(ms);
    status.role = "coordinator";
    status.reign = node + 1;
    protocol.saw(node, status);
  };
  CHECK_FALSE(protocol.leader_since({}).has_value());
  leads(3, 10);
  leads(3, 60);
  CHECK(protocol.leader_since({}) == Instant() + milliseconds(10));
  leads(1, 70);
  CHECK_FALSE(protocol.leader_since({}).has_value());
  protocol.ended(3);
  CHECK(protocol.leader_since({}) == Instant() + milliseconds(70));
  CHECK(protocol.conclude({}, {}).witnesses.contains("two_coordinators") == false);
  leads(3, 75);
  CHECK(protocol.conclude({}, {}).witnesses.contains("two_coordinators"));
}

}  // namespace
}  // namespace lockstep::processes
