// Drawn scenarios: the same everywhere, accepted by the reader, owing what they claim.
#include "sim/fuzz/draw.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "core/base/digest.hpp"
#include "sim/fuzz/kinds.hpp"
#include "sim/fuzz/owed.hpp"
#include "sim/scenario/parse.hpp"
#include "sim/world/outcome.hpp"

namespace lockstep::sim {
namespace {

std::string digest_of_first(const char* protocol, std::uint64_t count) {
  Digest digest;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    digest.bytes(draw_scenario(protocol, seed).dump());
    digest.bytes(draw_scenario(protocol, seed, Budget::none).dump());
  }
  return digest_text(digest.value());
}

TEST_CASE("a seed gives the same scenario in every build") {
  CHECK(digest_of_first("raft", 200) == "a69ad8387b10ce1b");
  CHECK(digest_of_first("bully", 200) == "f3eaa2dfede72b2d");
}

TEST_CASE("every drawn scenario is one; with a budget it owes progress in the time it claims") {
  for (const char* protocol : {"raft", "bully"}) {
    int claims = 0;
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
      CAPTURE(seed);
      const Scenario scenario = parse_scenario("drawn", draw_scenario(protocol, seed).dump());
      CHECK(scenario.seed == seed);
      CHECK(scenario.protocol == protocol);
      CHECK_FALSE(scenario.faults.empty());
      const auto& claimed = scenario.expect.recovers_within;
      if (!claimed) continue;
      ++claims;
      REQUIRE(owed_within(scenario).has_value());
      CHECK(*owed_within(scenario) <= *claimed);
      CHECK(last_disturbance(scenario) + *claimed < Instant() + scenario.duration);
    }
    CHECK(claims > 350);
    CHECK(claims < 450);
  }
}

TEST_CASE("without a budget nothing is claimed but safety") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Json expect = draw_scenario("raft", seed, Budget::none)["expect"];
    CHECK(expect.dump() == R"({"linearizable":true})");
  }
}

// Swarm selection: a kind or a dimension is missing altogether in many scenarios, and none is
// missing in all.
TEST_CASE("every kind of fault and every dimension is on in some scenarios and off in many") {
  constexpr std::uint64_t seeds = 400;
  std::map<std::string, std::uint64_t> on;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Json drawn = draw_scenario("raft", seed);
    std::set<std::string> here;
    for (const Json& fault : drawn["faults"]) {
      for (const auto& [key, value] : fault.items()) here.insert("fault " + key);
    }
    for (const char* part : {"network", "disk", "config", "workload", "expect"}) {
      const Json keys = drawn.value(part, Json::object());
      for (const auto& [key, value] : keys.items()) here.insert(std::string(part) + "." + key);
    }
    for (const auto& [key, value] : drawn.items()) here.insert(key);
    here.insert("nodes " + drawn["nodes"].dump());
    for (const std::string& what : here) ++on[what];
  }
  for (const FaultKind& kind : fault_kinds("raft")) {
    CAPTURE(kind.name);
    CHECK(on[std::string("fault ") + kind.name] > seeds / 20);
  }
  for (const char* what : {"fault every",
                           "fault random",
                           "network.loss",
                           "network.duplicate",
                           "network.reorder",
                           "network.ordering",
                           "network.bandwidth",
                           "disk.latency",
                           "config.pre_vote",
                           "config.sticky",
                           "config.check_quorum",
                           "config.check_disk",
                           "config.election_timeout",
                           "config.max_entries_per_message",
                           "workload.rate",
                           "workload.think",
                           "workload.script",
                           "workload.pipeline",
                           "setup",
                           "budget",
                           "down",
                           "expect.recovers_within"}) {
    CAPTURE(what);
    CHECK(on[what] > seeds / 50);
    CHECK(on[what] < seeds * 9 / 10);
  }
  for (int nodes = 1; nodes <= 7; ++nodes) CHECK(on["nodes " + std::to_string(nodes)] > 0);
  CHECK(on["nodes 3"] + on["nodes 5"] > seeds / 2);
}

TEST_CASE("what must end has an end, and what cannot last has none") {
  const auto kind = [](std::string_view name) {
    for (const FaultKind& k : fault_kinds("raft")) {
      if (k.name == name) return k;
    }
    return fault_kinds("raft").front();
  };
  const auto ending = [&](const char* name, const char* value) {
    return ending_of(kind(name), Json::parse(value));
  };
  CHECK(ending("crash", R"("n1")") == Ending::may);
  CHECK(ending("crash", R"({"who": "n1", "torn": true})") == Ending::may);
  CHECK(ending("crash", R"({"who": "n1", "again": 1})") == Ending::must);
  CHECK(ending("clock", R"({"who": "n1", "jump": "1 s"})") == Ending::never);
  CHECK(ending("clock", R"({"who": "n1", "jump": "1 s", "drift": "1 ppm"})") == Ending::must);
  CHECK(ending("swizzle", R"("all")") == Ending::must);
  CHECK(ending("flip", R"("n1")") == Ending::never);
}

TEST_CASE("a kind is off where the scenario leaves no place for it") {
  Stage stage;
  stage.nodes = 3;
  stage.fifo = true;
  stage.checksum = false;
  for (const FaultKind& kind : fault_kinds("raft")) {
    const std::string name = kind.name;
    CHECK(kind.on(stage) == (name != "reorder" && name != "corrupt"));
  }
}

const Json base = Json::parse(R"({
  "format": 1, "title": "A base", "protocol": "raft", "nodes": 5, "duration": "10 s",
  "network": {"latency": "1 ms"}, "workload": {"clients": 2, "rate": "20 /s"},
  "faults": [{"at": "2 s", "crash": "leader", "for": "1 s"},
             {"every": "1 s", "pause": "random", "for": "100 ms"}],
  "expect": {"linearizable": true, "sometimes": ["leader_changed"], "violates": "recovery",
             "recovers_within": "1 ms"}})");

TEST_CASE("around a scenario: the same cluster and load, other faults, and claims that hold") {
  std::set<std::string> faults;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    const Json drawn = draw_around(base, seed);
    const Scenario scenario = parse_scenario("around", drawn.dump());
    CHECK(scenario.nodes == 5);
    CHECK(scenario.seed == seed);
    CHECK(scenario.expect.violates.empty());
    CHECK(scenario.expect.sometimes.empty());
    CHECK(scenario.expect.linearizable == true);
    CHECK(scenario.expect.recovers_within == owed_within(scenario));
    if (scenario.expect.recovers_within) {
      CHECK(last_disturbance(scenario) + *scenario.expect.recovers_within <
            Instant() + scenario.duration);
    }
    faults.insert(drawn["faults"].dump());
    CHECK(drawn == draw_around(base, seed));
  }
  CHECK(faults.size() > 90);
}

}  // namespace
}  // namespace lockstep::sim
