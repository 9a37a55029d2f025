// What is owed after which faults.
#include "sim/fuzz/owed.hpp"

#include <doctest/doctest.h>

#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

Scenario scenario(const std::string& faults, const std::string& more = "") {
  return parse_scenario("owed", R"({"format": 1, "title": "t", "protocol": "raft", "nodes": 5,
    "duration": "100 s", "workload": {"clients": 2, "rate": "10 /s"}, "faults": [)" +
                                    faults + "]" + more + "}");
}
bool leaves(const std::string& faults, const std::string& more = "") {
  return leaves_enough(scenario(faults, more));
}
bool owes(const std::string& faults, const std::string& more = "") {
  return owed_within(scenario(faults, more)).has_value();
}
Instant at_ms(std::int64_t ms) { return Instant() + milliseconds(ms); }

TEST_CASE("a minority may be lost for good, a majority not") {
  CHECK(leaves(""));
  CHECK(leaves(R"({"at": "1 s", "crash": "n1"})"));
  CHECK(leaves(R"({"at": "1 s", "crash": "leader"}, {"at": "2 s", "pause": "random"})"));
  CHECK_FALSE(leaves(R"({"at": "1 s", "crash": ["n1", "n2", "n3"]})"));
  CHECK(leaves(R"({"at": "1 s", "crash": ["n1", "n2"]}, {"at": "2 s", "crash": ["n2", "n1"]})"));
  CHECK_FALSE(leaves(R"({"at": "1 s", "crash": "majority"})"));
  CHECK_FALSE(leaves(R"({"at": "1 s", "crash": "minority"}, {"at": "1 s", "isolate": "leader"})"));
  CHECK(leaves("", R"(, "down": ["n4", "n5"])"));
  CHECK_FALSE(leaves(R"({"at": "1 s", "pause": "any"})", R"(, "down": ["n4", "n5"])"));
}

TEST_CASE("what is undone later is no loss: by its end, or by what undoes its kind") {
  CHECK(leaves(R"({"at": "1 s", "crash": "all", "for": "1 s"})"));
  CHECK_FALSE(leaves(R"({"at": "1 s", "crash": "all", "for": "100 s"})"));
  CHECK(leaves(R"({"at": "1 s", "crash": "all"}, {"at": "2 s", "restart": "all"})"));
  CHECK(leaves(R"({"at": "1 s", "crash": "all"}, {"at": "1 s", "restart": "all"})"));
  CHECK_FALSE(leaves(R"({"at": "1 s", "restart": "all"}, {"at": "1 s", "crash": "all"})"));
  CHECK_FALSE(leaves(R"({"at": "1 s", "crash": "all"}, {"at": "2 s", "resume": "all"})"));
  CHECK_FALSE(leaves(R"({"at": "3 s", "crash": "all"}, {"at": "2 s", "restart": "all"})"));
  CHECK_FALSE(leaves(R"({"every": "1 s", "crash": "all"}, {"at": "2 s", "restart": "all"})"));
  CHECK(leaves(
      R"({"every": "1 s", "until": "5 s", "crash": "all"}, {"at": "5 s", "restart": "all"})"));
  CHECK(leaves(R"({"at": "1 s", "pause": "all"}, {"at": "2 s", "resume": ["n1", "n3", "n5"]})"));
  // Whoever "majority" was, three of the five are back.
  CHECK(leaves(
      R"({"at": "1 s", "crash": "majority"}, {"at": "2 s", "restart": ["n1", "n2", "n3"]})"));
  CHECK_FALSE(
      leaves(R"({"at": "1 s", "crash": "majority"}, {"at": "2 s", "restart": ["n1", "n2"]})"));
  CHECK(leaves(R"({"at": "1 s", "isolate": "majority"}, {"at": "2 s", "heal": "all"})"));
}

TEST_CASE("of a partition for good the largest group goes on") {
  CHECK(leaves(R"({"at": "1 s", "partition": [["n1", "n2"], ["n3", "n4", "n5"]]})"));
  CHECK(leaves(R"({"at": "1 s", "partition": [["leader", "any"], ["rest"]]})"));
  CHECK_FALSE(leaves(R"({"at": "1 s", "partition": [["n1", "n2"], ["n3"], ["n4", "n5"]]})"));
  CHECK_FALSE(leaves(R"({"at": "1 s", "partition": [["n1", "c1"], ["n3", "n4", "n5"]]})"));
}

TEST_CASE("links that are slow for good, or cut one way without every protection, owe nothing") {
  CHECK_FALSE(owes(R"({"at": "1 s", "slow_link": {"from": "n1", "to": "rest", "by": "1 s"}})"));
  CHECK_FALSE(owes(R"({"at": "1 s", "slow_disk": {"who": "n1", "latency": "1 s"}})"));
  const std::string deaf = R"({"at": "1 s", "isolate": {"who": "n1", "way": "in"}})";
  CHECK(owes(deaf));
  CHECK_FALSE(owes(deaf, R"(, "config": {"pre_vote": false})"));
  CHECK_FALSE(owes(R"({"at": "1 s", "cut": {"from": "n1", "to": "n2"}})",
                   R"(, "config": {"check_quorum": false})"));
}

TEST_CASE("messages and disks slower than elections owe nothing") {
  CHECK(owes("", R"(, "network": {"latency": "20 ms"})"));
  CHECK_FALSE(owes("", R"(, "network": {"latency": "60 ms"})"));
  CHECK_FALSE(owes("", R"(, "disk": {"latency": "100 ms"})"));
  CHECK_FALSE(owes("", R"(, "config": {"election_timeout": "150..151 ms"})"));
  CHECK(owes("", R"(, "network": {"loss": "1/20"})"));
  CHECK_FALSE(owes("", R"(, "network": {"loss": "1/2"})"));
  CHECK(owes(R"({"at": "1 s", "heal": "all"})", R"(, "network": {"loss": "1/2"})"));
}

Scenario with_load(const std::string& load) {
  return parse_scenario("owed", R"({"format": 1, "title": "t", "protocol": "raft", "nodes": 3,
    "duration": "100 s", "faults": [{"at": "5 s", "crash": "n1"}], "workload": )" +
                                    load + "}");
}

TEST_CASE("progress is seen by clients that ask after the faults") {
  CHECK(owed_within(with_load(R"({"clients": 1})")).has_value());
  CHECK_FALSE(owed_within(with_load(R"({"clients": 1, "operations": 100})")).has_value());
  CHECK_FALSE(owed_within(with_load(R"({"clients": 1, "stop": "50 s"})")).has_value());
  const std::string script = R"({"clients": 1, "timeout": "60 s", "script": [{"client": "c1",
    "get": "x", "at": )";
  CHECK_FALSE(owed_within(with_load(script + R"("4 s"}]})")).has_value());
  const auto soon = owed_within(with_load(script + R"("6 s"}]})"));
  const auto late = owed_within(with_load(script + R"("9 s"}]})"));
  REQUIRE(soon.has_value());
  CHECK(*late - *soon == seconds(3));
}

TEST_CASE("the last disturbance is the last strike, or the end of a fault that nothing undid") {
  CHECK(last_disturbance(scenario("")) == Instant());
  CHECK(last_disturbance(scenario(R"({"at": "1 s", "crash": "n1", "for": "4 s"})")) == at_ms(5000));
  CHECK(last_disturbance(scenario(
            R"({"at": "1 s", "crash": "n1", "for": "4 s"}, {"at": "2 s", "restart": "all"})")) ==
        at_ms(2000));
  CHECK(last_disturbance(scenario(R"({"every": "1 s", "until": "7 s", "campaign": "n1"})")) ==
        at_ms(7000));
}

TEST_CASE("bully needs no majority, but quick messages between all that are left") {
  const auto bully = [](const std::string& faults, const std::string& network) {
    return owed_within(parse_scenario("owed", R"({"format": 1, "title": "t", "protocol": "bully",
      "nodes": 5, "duration": "100 s", "network": {"latency": ")" +
                                                  network + R"("}, "faults": [)" + faults + "]}"))
        .has_value();
  };
  CHECK(bully(R"({"at": "1 s", "crash": ["n1", "n2", "n3", "n4"]})", "1 ms"));
  CHECK_FALSE(bully(R"({"at": "1 s", "isolate": {"who": "n1", "way": "out"}})", "1 ms"));
  CHECK_FALSE(bully("", "120 ms"));
}

}  // namespace
}  // namespace lockstep::sim
