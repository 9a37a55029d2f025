// Shrinking known-bad scenarios: few faults and operations are left, the rule breaks as before, and
// shrinking again changes nothing.
#include "sim/fuzz/shrink.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "sim/fabric/fabric.hpp"
#include "sim/fuzz/owed.hpp"
#include "sim/fuzz/shrink_edits.hpp"
#include "sim/protocols/registry.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

Outcome outcome_of(const Json& scenario) {
  const Scenario parsed = parse_scenario("candidate", scenario.dump());
  const auto fabric = make_loop_fabric(parsed);
  return runner_of(parsed.protocol)(parsed, *fabric, {});
}

// Runs in this process, one after the other.
class Bench {
 public:
  explicit Bench(const RunEnd& wanted) : wanted_(wanted) {}

  [[nodiscard]] bool is_same(const Json& scenario) {
    ++runs;
    try {
      const auto ends = ends_of(outcome_of(scenario));
      return std::any_of(ends.begin(), ends.end(),
                         [&](const RunEnd& end) { return end.fingerprint == wanted_.fingerprint; });
    } catch (const ScenarioError&) {
      return false;
    }
  }
  Trial trial() {
    return {[this](const std::vector<Json>& candidates) -> std::optional<std::size_t> {
              for (std::size_t i = 0; i < candidates.size(); ++i) {
                if (is_same(candidates[i])) return i;
              }
              return std::nullopt;
            },
            [](const Json& scenario) -> std::optional<Look> {
              const Outcome outcome = outcome_of(scenario);
              Look look;
              look.history = outcome.history;
              if (!outcome.violations.empty()) look.broke = outcome.violations.front().at;
              return look;
            },
            [] { return false; }};
  }
  std::uint64_t runs = 0;

 private:
  RunEnd wanted_;
};

Json file(const std::string& name, const std::string& protocol = "raft") {
  const std::string path = "scenarios/" + protocol + "/" + name + ".json";
  Json scenario = Json::parse(load_scenario(path).effective);
  scenario["expect"].erase("violates");
  scenario["expect"].erase("sometimes");
  return scenario;
}

RunEnd end_with(const Json& scenario, const std::string& rule) {
  for (const RunEnd& end : ends_of(outcome_of(scenario))) {
    if (end.rule == rule) return end;
  }
  FAIL("the rule does not break: " << rule);
  return {};
}

std::size_t faults(const Json& scenario) { return scenario.value("faults", Json::array()).size(); }
std::size_t operations(const Json& scenario) { return scenario["workload"]["script"].size(); }

Json shrunk(const Json& scenario, const std::string& rule) {
  const RunEnd end = end_with(scenario, rule);
  Bench bench(end);
  const bool recovery = rests_on_recovery(rule);
  const Json small = shrink(stripped(scenario, end), bench.trial(), recovery);
  CHECK(bench.is_same(small));
  CHECK(shrink(small, bench.trial(), recovery) == small);
  // Nor does any single step lead on.
  for (const auto& sort : simpler(small, bench.trial().look(small), recovery)) {
    for (const Json& step : sort) CHECK_FALSE(bench.is_same(step));
  }
  return small;
}

TEST_CASE("a stale read: one partition, a write and a read or two are left") {
  const Json small = shrunk(file("stale_leader_answers"), "linearizability");
  CHECK(faults(small) == 1);
  CHECK(operations(small) <= 4);
  CHECK(small["nodes"] == 3);
  CHECK(small["config"]["reads"] == "local");
  CHECK_FALSE(small.contains("disk"));
}

TEST_CASE("disks that lie: one crash, one write and one read are left") {
  const Json small = shrunk(file("lying_disks"), "linearizability");
  CHECK(faults(small) == 1);
  CHECK(operations(small) <= 3);
  CHECK(small["disk"]["lies"] == true);
  // Of the same file another rule can be kept, which nobody needs to read anything to see.
  const Json votes = shrunk(file("lying_disks"), "leader completeness");
  CHECK(faults(votes) == 1);
  CHECK(operations(votes) <= 1);
}

TEST_CASE("no sessions: no fault is needed, a lost answer and a retry are enough") {
  const Json small = shrunk(file("more_than_once"), "linearizability");
  CHECK(faults(small) == 0);
  CHECK(operations(small) <= 4);
  CHECK(small["config"].dump() == R"({"sessions":false})");
}

void add(Json& scenario, const char* faults) {
  for (const Json& fault : Json::parse(faults)) scenario["faults"].push_back(fault);
}

TEST_CASE("an adversary is left with the one lie that it takes") {
  Json scenario = file("lying_voter");
  scenario["faults"][1]["traitor"]["does"] = Json::parse(R"([
    {"lie": {"message": "vote_refused", "as": "vote_granted", "ratio": "99/100",
             "to": ["n1", "n2"]}},
    {"replay": {"ratio": "3/100"}},
    {"equivocate": {"message": "append_entries", "field": "term", "add": 1, "to": "n1"}}])");
  scenario["network"] = Json::parse(R"({"latency": "uniform 1..5 ms", "duplicate": "3/100",
                                        "duplicate_by": "1234 ms"})");
  const Json small = shrunk(scenario, "election safety");
  REQUIRE(faults(small) == 2);
  CHECK(small["faults"][0]["traitor"]["does"].dump() == R"([{"lie":{"as":"vote_granted"}}])");
  CHECK_FALSE(small.contains("network"));
}

TEST_CASE("twins are left alone of crashes that tear and repeat, clocks, bursts and cuts") {
  Json scenario = file("twin_voter");
  add(scenario, R"([
    {"at": "1234567 us", "crash": {"who": ["follower", "n2"], "again": 3, "torn": true},
     "for": "137 ms"},
    {"at": "1500 ms", "clock": {"who": "random", "jump": "-1234 ms", "drift": "12345 ppm"},
     "for": "987 ms"},
    {"at": "1700 ms", "lose": {"ratio": "17/100", "from": ["n1", "n2"], "to": "rest"},
     "for": "333 ms"},
    {"at": "2100 ms", "cut": {"from": "n1", "to": "n2"}},
    {"at": "2345 ms", "heal": "all"}])");
  const Json small = shrunk(scenario, "state machine safety");
  REQUIRE(faults(small) == 1);
  CHECK(small["faults"][0]["twins"]["who"] == "n3");
  CHECK(small["faults"][0]["twins"]["second"].is_string());
  CHECK(operations(small) == 1);
  CHECK(small["workload"]["script"][0].contains("put"));
}

TEST_CASE("servers that lost their disks: they are wiped at once, and come back after it") {
  const Json small = shrunk(file("amnesia"), "state machine safety");
  CHECK(faults(small) <= 2);
  CHECK(operations(small) <= 2);
}

TEST_CASE("what rests on recovery keeps its claim, also where nobody owes it") {
  Json deaf = file("incoming_cut_without_check_quorum");
  add(deaf, R"([{"at": "2 s", "crash": "follower", "for": "500 ms"}])");
  const Json blocked = shrunk(deaf, "recovery");
  CHECK(faults(blocked) == 1);
  CHECK(blocked["config"].dump() == R"({"check_quorum":false})");
  CHECK(blocked["nodes"] == 3);
  // With the protection that it lacks, it would be owed.
  Json guarded = blocked;
  guarded.erase("config");
  CHECK(claims_what_is_owed(guarded));

  Json mute = file("silent_coordinator", "bully");
  add(mute, R"([{"at": "2 s", "isolate": {"who": "n2", "way": "in"}},
                {"at": "2 s", "isolate": {"who": "n2", "way": "out"}},
                {"at": "3 s", "heal": "all"}])");
  const Json two = shrunk(mute, "one coordinator");
  CHECK(faults(two) == 1);
  CHECK(two["nodes"] == 2);
  CHECK(two["expect"].contains("recovers_within"));
}

// Faults of several kinds, all of them over in the end.
const Json calm_in_the_end = Json::parse(R"({
  "format": 1, "title": "t", "protocol": "bully", "nodes": 4, "duration": "30 s",
  "network": {"latency": "1 ms"},
  "config": {"heartbeat": "100 ms"},
  "faults": [{"at": "1 s", "crash": "n1", "for": "1 s"}, {"at": "2 s", "pause": "n4"},
             {"at": "3 s", "crash": "n2"}, {"at": "4 s", "resume": "all"},
             {"at": "4 s", "restart": "all"}],
  "expect": {"recovers_within": "3 s"}})");

TEST_CASE("of a recovery nothing is left out that makes it owed") {
  // Whatever happens counts as the rule: what is left is the least that claims what is owed.
  Bench bench(RunEnd{});
  Trial trial = bench.trial();
  trial.first_same = [](const std::vector<Json>& candidates) -> std::optional<std::size_t> {
    for (const Json& candidate : candidates) CHECK(claims_what_is_owed(candidate));
    return candidates.empty() ? std::nullopt : std::optional<std::size_t>(0);
  };
  REQUIRE(claims_what_is_owed(calm_in_the_end));
  const Json small = shrink(calm_in_the_end, trial, true);
  CHECK(claims_what_is_owed(small));
  CHECK(small["expect"].contains("recovers_within"));
  CHECK(faults(small) == 0);

  Json cut_off = calm_in_the_end;
  cut_off["faults"] =
      Json::array({Json{{"at", "1 s"}, {"isolate", {{"who", "n1"}, {"way", "in"}}}}});
  CHECK_FALSE(claims_what_is_owed(cut_off));
  cut_off["faults"].push_back({{"at", "2 s"}, {"heal", "all"}});
  CHECK(claims_what_is_owed(cut_off));
  cut_off["expect"]["recovers_within"] = "1 ms";
  CHECK_FALSE(claims_what_is_owed(cut_off));
}

TEST_CASE("what is told: title, why and the rule, and a scenario that passes because it breaks") {
  const Json scenario = file("lying_disks");
  const RunEnd end = end_with(scenario, "linearizability");
  const Json result = told(stripped(scenario, end), end);
  CHECK(result["expect"].dump() == R"({"linearizable":true,"violates":"linearizability"})");
  CHECK(result["title"].get<std::string>().find("linearizability") != std::string::npos);
  CHECK(result["why"] == end.text);
  CHECK(outcome_of(result).verdict == RunVerdict::pass);
  const Json death = told(scenario, died_end(6));
  CHECK_FALSE(death["expect"].contains("violates"));
  CHECK(death["title"].get<std::string>().find("died") != std::string::npos);
}

const Json five = Json::parse(R"({
  "format": 1, "title": "t", "protocol": "raft", "nodes": 5, "down": ["n2", "n5"],
  "setup": {"logs": {"n1": "1", "n2": "1", "n3": "2"}, "terms": {"n3": 2},
            "votes": {"n1": "n2", "n3": "n3"}},
  "workload": {"clients": 2, "script": [{"at": "1 s", "client": "c1", "get": "x"},
                                        {"at": "2 s", "client": "c2", "get": "x"}]},
  "faults": [{"at": "1 s", "crash": "n2"}, {"at": "1 s", "crash": ["n2", "n3"]},
             {"at": "1 s", "partition": [["n2", "c2"], ["rest"]]},
             {"at": "1 s", "partition": [["n2"], ["n1", "n4"], ["n3"]]},
             {"at": "1 s", "cut": {"from": "n2", "to": "n1"}},
             {"at": "1 s", "isolate": {"who": "n5", "way": "in"}},
             {"at": "1 s", "partition": [["c2"], ["n1"]]}]})");

TEST_CASE("without a node the others keep their story under their next names") {
  const Json less = without_node(five, 2);
  CHECK(less["nodes"] == 4);
  CHECK(less["down"].dump() == R"(["n4"])");
  CHECK(less["setup"].dump() ==
        R"({"logs":{"n1":"1","n2":"2"},"terms":{"n2":2},"votes":{"n2":"n2"}})");
  CHECK(less["faults"].dump() ==
        R"([{"at":"1 s","crash":["n2"]},{"at":"1 s","partition":[["c2"],["rest"]]},)"
        R"({"at":"1 s","partition":[["n1","n3"],["n2"]]},)"
        R"({"at":"1 s","isolate":{"who":"n4","way":"in"}},)"
        R"({"at":"1 s","partition":[["c2"],["n1"]]}])");
  (void)parse_scenario("less", less.dump());
}

TEST_CASE("without a client another one asks in its place") {
  const Json less = without_client(five, 2);
  CHECK(less["workload"]["clients"] == 1);
  CHECK(less["workload"]["script"][1]["client"] == "c1");
  CHECK(less["faults"].size() == 6);
  CHECK(less["faults"][2].dump() == R"({"at":"1 s","partition":[["n2"],["rest"]]})");
  (void)parse_scenario("less", less.dump());
}

TEST_CASE("a load as a script asks for the same at the same instants") {
  const Json load = file("exactly_once");
  const Outcome before = outcome_of(load);
  const auto script = scripted(load, before.history);
  REQUIRE(script.has_value());
  CHECK_FALSE(makes_load(*script));
  CHECK_FALSE(scripted(*script, before.history).has_value());
  const Outcome after = outcome_of(*script);
  // In the order in which they were sent: a load's history is in the order of the wishes.
  const auto seen = [](const Outcome& outcome) {
    std::vector<std::string> lines;
    for (const auto& o : outcome.history) {
      if (o.reason == "never sent") continue;
      lines.push_back(to_text(o.invoked) + " " + o.verb + " " + o.key + " " + o.value + " " +
                      o.found.value_or("-"));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  };
  CHECK(seen(after).size() > 1000);
  CHECK(seen(after) == seen(before));
}

}  // namespace
}  // namespace lockstep::sim
