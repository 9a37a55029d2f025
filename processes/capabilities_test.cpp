#include "processes/capabilities.hpp"

#include <doctest/doctest.h>

#include "processes/protocol.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::processes {
namespace {

sim::Scenario with(const std::string& members, const std::string& protocol = "raft") {
  return sim::parse_scenario(
      "s.json", R"({"format":1,"title":"t","protocol":")" + protocol + "\"" + members + "}");
}

std::string refusal(const sim::Scenario& scenario) {
  try {
    require_possible(scenario);
  } catch (const sim::ScenarioError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("what processes can do is let through") {
  CHECK(refusal(with("")) == "");
  CHECK(refusal(with(R"(,"network":{"latency":"uniform 1..5 ms","loss":"1/10","duplicate":"1/10",
    "bandwidth":"1 Gbps","wire":false},"disk":{"latency":"uniform 1..2 ms"},
    "config":{"pre_vote":false,"check_quorum":false,"sticky":true},
    "workload":{"clients":1,"rate":"1 /s"},
    "faults":[{"at":"1 s","crash":"leader","for":"1 s"},
              {"at":"2 s","slow_link":{"from":"n1","to":"n2","by":"1 ms"}},
              {"at":"3 s","campaign":"n1"}],
    "expect":{"violates":"recovery","recovers_within":"1 s"})")) == "");
}

TEST_CASE("what they cannot do is refused with its path") {
  const auto refused = [](const std::string& members, const std::string& path) {
    const std::string text = refusal(with(members));
    CAPTURE(text);
    CHECK(text.find("s.json:1:1: " + path + ": real processes cannot do this: ") == 0);
    CHECK(text.find('\n') == std::string::npos);
  };
  refused(R"(,"nodes":100)", "nodes");
  refused(R"(,"disk":{"lies":true})", "disk.lies");
  refused(R"(,"network":{"latency":"exponential 5 ms"})", "network.latency");
  refused(R"(,"network":{"latency":"lognormal 5 ms sigma 0.5"})", "network.latency");
  refused(R"(,"network":{"bandwidth":"1 Mbps"})", "network.bandwidth");
  refused(R"(,"network":{"reorder":"1/2"})", "network.reorder");
  refused(R"(,"network":{"duplicate":"1/2","duplicate_by":"1 s"})", "network.duplicate_by");
  for (const char* fault : {R"("wipe":"n1")", R"("crash":{"who":"n1","again":1},"for":"1 s")",
                            R"("swizzle":"n1","for":"1 s")", R"("clog":{"from":"n1","to":"n2"})",
                            R"("lose":"1/2")", R"("throttle":{"who":"n1","bandwidth":"1 Mbps"})"}) {
    const std::string text = fault;
    refused(R"(,"faults":[{"at":"1 s",)" + text + "}]",
            "faults[0]." + text.substr(1, text.find('"', 1) - 1));
  }
  refused(R"(,"expect":{"violates":"log matching"})", "expect.violates");
  refused(R"(,"expect":{"recovers_within":"1 s","steady":true})", "expect.steady");
  CHECK(refusal(with("", "bully")).find("s.json:1:1: protocol: ") == 0);
}

TEST_CASE("of the advanced Bully, what nodes measure is let through, and liars are refused") {
  const auto told = [](const std::string& members) {
    return refusal(with(members, "advanced_bully"));
  };
  const auto refused = [&](const std::string& members, const std::string& path) {
    CHECK(told(members).find("s.json:1:1: " + path + ": real processes cannot do this: ") == 0);
  };
  CHECK(told("") == "");
  CHECK(told(R"(,"nodes":4,"config":{"profile":"lan","quorum":"none","min_office":"0 s"},
    "faults":[{"at":"1 s","vitals":{"who":"n4","cpu":"95 %"}},{"at":"2 s","act":"all"},
              {"at":"3 s","hand_over":"coordinator"}],
    "expect":{"violates":"one leader an epoch","sometimes":["two_coordinators"]})") == "");
  refused(R"(,"config":{"drift":"1/10"})", "config.drift");
  refused(R"(,"config":{"cool_down":"2 h"})", "config.cool_down");
  refused(R"(,"config":{"election_timeout":"2 h"})", "config.election_timeout");
  refused(R"(,"faults":[{"at":"1 s","traitor":{"who":"n1","does":[{"silent":{}}]}}])",
          "faults[0].traitor");
  refused(R"(,"faults":[{"at":"1 s","twins":{"who":"n1","second":["n2"]}}])", "faults[0].twins");
  refused(R"(,"faults":[{"at":"1 s","clock":{"who":"n1","jump":"1 s"}}])", "faults[0].clock");
  refused(R"(,"expect":{"violates":"acts without lease"})", "expect.violates");
}

TEST_CASE("the node is told what is not its default, in its own words") {
  const auto scenario = with(
      R"(,"config":{"election_timeout":"1..2 s","heartbeat":"100 ms","pre_vote":false,
        "sticky":false,"reads":"local","max_entries_per_message":1})");
  const Settings told = protocol_of(scenario)->settings();
  CHECK(told == Settings{{"raft.election_timeout", "1 s..2 s"},
                         {"raft.heartbeat", "100 ms"},
                         {"raft.pre_vote", "false"},
                         {"raft.sticky", "false"},
                         {"raft.reads", "local"},
                         {"raft.max_entries_per_message", "1"}});
}

TEST_CASE("what differs is said") {
  CHECK(differences(with(R"(,"network":{"latency":"2 ms"})")).empty());
  const auto list = differences(with(
      R"(,"network":{"latency":"uniform 1..5 ms","bandwidth":"1 Gbps"},
        "disk":{"latency":"1 ms"})"));
  REQUIRE(list.size() == 3);
  CHECK(list[0].find("network.latency: 3 ms between nodes") == 0);
  CHECK(list[1].find("network.bandwidth: ") == 0);
  CHECK(list[2].find("disk.latency: ") == 0);
}

}  // namespace
}  // namespace lockstep::processes
