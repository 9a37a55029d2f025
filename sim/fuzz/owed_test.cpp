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

std::string with_budget(const std::string& more = "") { return R"(, "budget": "majority")" + more; }

TEST_CASE("bursts, clogs and throttles are undone by a heal or by their end, or owe nothing") {
  for (const std::string what :
       {R"("lose": "1/10")", R"("duplicate": "1/2")", R"("corrupt": "1/10")",
        R"("reorder": {"ratio": "1/2", "by": "10 ms"})", R"("delay": "50 ms")",
        R"("clog": {"from": "n1", "to": "rest"})", R"("stall_disk": "n1")", R"("full_disk": "n1")",
        R"("throttle": {"who": "n1", "bandwidth": "1 Mbps"})"}) {
    CAPTURE(what);
    CHECK_FALSE(owes(R"({"at": "1 s", )" + what + "}"));
    CHECK(owes(R"({"at": "1 s", "for": "1 s", )" + what + "}"));
    CHECK_FALSE(owes(R"({"at": "1 s", "for": "200 s", )" + what + "}"));
    CHECK(owes(R"({"at": "1 s", )" + what + R"(}, {"at": "2 s", "heal": "all"})"));
    CHECK_FALSE(owes(R"({"at": "1 s", )" + what + R"(}, {"at": "2 s", "restart": "all"})"));
  }
  CHECK(leaves(R"({"at": "1 s", "swizzle": "all", "for": "2 s"})"));
  CHECK_FALSE(leaves(R"({"at": "1 s", "swizzle": "all", "for": "200 s"})"));
  CHECK(leaves(R"({"at": "1 s", "swizzle": "n1", "for": "200 s"})"));
}

TEST_CASE("what is held back, and clocks that are set back, put off what is owed") {
  const auto owed = [](const std::string& faults) { return *owed_within(scenario(faults)); };
  const Duration plain = owed(R"({"at": "1 s", "heal": "all"})");
  CHECK(owed(R"({"at": "1 s", "delay": "uniform 1..700 ms", "for": "1 s"})") ==
        plain + milliseconds(700));
  CHECK(owed(R"({"at": "1 s", "clock": {"who": "n1", "jump": "3 s"}})") == plain);
  CHECK(owed(R"({"at": "1 s", "clock": {"who": "n1", "jump": "-3 s"}})") == plain + seconds(6));
  CHECK(owed(R"({"at": "1 s", "throttle": {"who": "n1", "bandwidth": "100 kbps"}, "for": "1 s"})") >
        plain + seconds(1));
}

TEST_CASE("a clock that drifts for good owes nothing, unless as little as clocks do") {
  CHECK(owes(R"({"at": "1 s", "clock": {"who": "n1", "drift": "200 ppm"}})"));
  CHECK_FALSE(owes(R"({"at": "1 s", "clock": {"who": "n1", "drift": "-50000 ppm"}})"));
  CHECK_FALSE(owes(R"({"at": "1 s", "clock": {"who": "n1", "drift": "50000 ppm"}},
                      {"at": "2 s", "heal": "all"})"));
  CHECK(owes(R"({"at": "1 s", "clock": {"who": "all", "drift": "400000 ppm"}, "for": "2 s"})"));
}

TEST_CASE("whoever's disk was damaged is lost; a budget allows a minority of these") {
  for (const std::string kind : {"flip", "misdirect"}) {
    CAPTURE(kind);
    const auto hit = [&](const char* who) {
      return R"({"at": "1 s", ")" + kind + "\": " + who + "}";
    };
    CHECK(leaves(hit(R"(["n1", "n2"])")));
    CHECK_FALSE(leaves(hit(R"("all")") + R"(, {"at": "2 s", "restart": "all"})"));
    CHECK(leaves(hit(R"("all")"), with_budget()));
    CHECK_FALSE(leaves(R"({"every": "1 s", ")" + kind + R"(": "random"})"));
    CHECK(leaves(R"({"every": "1 s", ")" + kind + R"(": "random"})", with_budget()));
    CHECK_FALSE(leaves(hit(R"("all")") + R"(, {"at": "2 s", "pause": "any"})", with_budget()));
  }
}

TEST_CASE("an operation that gives up soon leaves the walk to those after it") {
  const auto owed = [](Duration timeout) {
    Scenario thinks = scenario("");
    thinks.workload.rate.reset();
    thinks.workload.think = seconds(10);
    thinks.workload.attempt_timeout = milliseconds(200);
    thinks.workload.timeout = timeout;
    return *owed_within(thinks);
  };
  CHECK(owed(seconds(1)) > owed(seconds(20)));
  CHECK(owed(milliseconds(300)) >= owed(seconds(1)) + seconds(30));
}

TEST_CASE("a sync that failed ends late where its disk is damaged and the restart refused") {
  const std::string faults =
      R"({"at": "1 s", "flip": "n1"}, {"at": "1 s", "fail_sync": "n1", "for": "5 s"},
         {"at": "2 s", "heal": "all"}, {"at": "2 s", "restart": "all"})";
  CHECK(last_disturbance(scenario(faults, with_budget())) == Instant() + seconds(7));
}

TEST_CASE("a sync that fails is forestalled by a heal, and its node needs a restart after that") {
  const std::string fails = R"({"at": "1 s", "fail_sync": "all"})";
  CHECK_FALSE(leaves(fails));
  CHECK_FALSE(leaves(fails + R"(, {"at": "2 s", "heal": "all"})"));
  CHECK_FALSE(leaves(fails + R"(, {"at": "2 s", "restart": "all"}, {"at": "3 s", "heal": "all"})"));
  CHECK(leaves(fails + R"(, {"at": "2 s", "heal": "all"}, {"at": "2 s", "restart": "all"})"));
  const std::string back = R"({"at": "1 s", "fail_sync": "all", "for": "3 s"})";
  CHECK_FALSE(leaves(back));
  CHECK(leaves(back + R"(, {"at": "2 s", "heal": "all"})"));
  CHECK(last_disturbance(scenario(back + R"(, {"at": "2 s", "heal": "all"})")) == at_ms(5000));
}

TEST_CASE("one that crashes again while it recovers is up after all of these, whatever starts it") {
  const std::string crash =
      R"({"at": "1 s", "crash": {"who": "all", "again": 2, "torn": true}, "for": "2 s"})";
  CHECK(leaves(crash));
  CHECK(last_disturbance(scenario(crash)) == at_ms(7000));
  CHECK(last_disturbance(scenario(crash + R"(, {"at": "10 s", "restart": "all"})")) ==
        at_ms(14000));
  CHECK_FALSE(leaves(R"({"at": "1 s", "crash": {"who": "all", "again": 99}, "for": "2 s"})"));
}

TEST_CASE("a silent traitor is lost while it is one; one that speaks, twins, a wipe owe nothing") {
  const auto traitor = [](const std::string& who, const std::string& does,
                          const std::string& more = "") {
    return R"({"at": "1 s", "traitor": {"who": )" + who + R"(, "does": [{)" + does + "}]}" + more +
           "}";
  };
  CHECK(owes(traitor(R"(["n1", "n2"])", R"("silent": {})")));
  CHECK_FALSE(owes(traitor(R"(["n1", "n2", "n3"])", R"("silent": {})")));
  CHECK_FALSE(owes(traitor(R"("n1")", R"("silent": {})"), R"(, "config": {"pre_vote": false})"));
  CHECK(owes(traitor(R"("all")", R"("silent": {})", R"(, "for": "1 s")")));
  CHECK_FALSE(owes(traitor(R"("n1")", R"("replay": {})", R"(, "for": "1 s")")));
  CHECK_FALSE(
      owes(traitor(R"("n1")", R"("lie": {"field": "term", "add": 1})", R"(, "for": "1 s")")));
  CHECK_FALSE(owes(R"({"at": "1 s", "twins": "n1", "for": "1 s"})"));
  CHECK_FALSE(owes(R"({"at": "1 s", "wipe": "n1", "for": "1 s"})"));
  CHECK_FALSE(owes(R"({"at": "1 s", "corrupt": "1/10", "for": "1 s"})",
                   R"(, "network": {"checksum": false})"));
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
