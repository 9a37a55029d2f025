// Each edit alone: what it makes of one fault, one key, one value. Whatever is drawn, its steps are
// scenarios or refused, and never anything else.
#include "sim/fuzz/shrink_edits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "sim/fuzz/draw.hpp"
#include "sim/fuzz/shrink.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

Json with_faults(const std::string& faults) {
  Json scenario = Json::parse(R"({"format": 1, "title": "t", "protocol": "raft", "nodes": 3,
                                  "workload": {"clients": 1, "rate": "10 /s"}})");
  scenario["faults"] = Json::parse(faults);
  (void)parse_scenario("before", scenario.dump());
  return scenario;
}

bool has(const Candidates& some, const Json::json_pointer& place, const std::string& value) {
  return std::any_of(some.begin(), some.end(), [&](const Json& one) {
    return one.contains(place) && one.at(place) == Json::parse(value);
  });
}

bool becomes(const std::string& fault, const std::string& plainer) {
  const Candidates some = plainer_faults(with_faults("[" + fault + "]"));
  return has(some, Json::json_pointer("/faults/0"), plainer);
}

TEST_CASE("a fault without what it may leave unsaid") {
  CHECK(becomes(R"({"at": "1 s", "crash": {"who": "n1", "again": 2, "torn": true}, "for": "1 s"})",
                R"({"at": "1 s", "crash": {"who": "n1", "torn": true}, "for": "1 s"})"));
  CHECK(becomes(R"({"at": "1 s", "crash": {"who": "n1", "torn": true}, "for": "1 s"})",
                R"({"at": "1 s", "crash": "n1", "for": "1 s"})"));
  CHECK(
      becomes(R"({"at": "1 s", "crash": "n1", "for": "1 s"})", R"({"at": "1 s", "crash": "n1"})"));
  CHECK(becomes(R"({"at": "1 s", "isolate": {"who": "n1", "way": "in"}})",
                R"({"at": "1 s", "isolate": "n1"})"));
  CHECK(becomes(R"({"at": "1 s", "lose": {"ratio": "1/9", "from": "n1"}})",
                R"({"at": "1 s", "lose": "1/9"})"));
  CHECK(becomes(R"({"at": "1 s", "delay": {"by": "5 ms", "to": "n1"}})",
                R"({"at": "1 s", "delay": "5 ms"})"));
  CHECK(becomes(R"({"at": "1 s", "reorder": {"ratio": "1/3", "by": "5 ms", "to": "n1"}})",
                R"({"at": "1 s", "reorder": {"ratio": "1/3", "by": "5 ms"}})"));
  CHECK(becomes(R"({"every": "1 s", "from": "2 s", "until": "3 s", "pause": "n1", "for": "9 ms"})",
                R"({"every": "1 s", "from": "2 s", "pause": "n1", "for": "9 ms"})"));
}

TEST_CASE("a clock that jumps and drifts does one of the two") {
  const char* both =
      R"({"at": "1 s", "clock": {"who": "n1", "jump": "-3 s", "drift": "9 ppm"}, "for": "1 s"})";
  CHECK(becomes(both, R"({"at": "1 s", "clock": {"who": "n1", "jump": "-3 s"}})"));
  CHECK(becomes(both, R"({"at": "1 s", "clock": {"who": "n1", "drift": "9 ppm"}, "for": "1 s"})"));
  for (const Json& one :
       plainer_faults(with_faults(R"([{"at": "1 s", "clock": {"who": "n1", "jump": "-3 s"}}])")))
    CHECK(one["faults"][0]["clock"].contains("jump"));
}

TEST_CASE("a twin talks to fewer, or to all") {
  const char* twins = R"({"at": "1 s", "twins": {"who": "n3", "second": ["n2", "c1"]}})";
  CHECK(becomes(twins, R"({"at": "1 s", "twins": {"who": "n3", "second": ["n2"]}})"));
  CHECK(becomes(twins, R"({"at": "1 s", "twins": "n3"})"));
}

TEST_CASE("an adversary has fewer strategies, and says them of more messages") {
  const auto does = [](const char* list) {
    return R"({"at": "1 s", "traitor": {"who": "n3", "does": )" + std::string(list) + "}}";
  };
  CHECK(becomes(does(R"([{"silent": {}}, {"replay": {"ratio": "1/9"}}])"),
                does(R"([{"replay": {"ratio": "1/9"}}])")));
  CHECK(becomes(does(R"([{"silent": {"to": ["n1", "n2"], "ratio": "1/9"}}])"),
                does(R"([{"silent": {"to": ["n1"], "ratio": "1/9"}}])")));
  CHECK(becomes(does(R"([{"silent": {"to": ["n1"], "ratio": "1/9"}}])"),
                does(R"([{"silent": {"ratio": "1/9"}}])")));
  const char* lie =
      R"([{"lie": {"message": "vote_refused", "as": "vote_granted", "field": "term", "add": 1}}])";
  CHECK(
      becomes(does(lie), does(R"([{"lie": {"message": "vote_refused", "as": "vote_granted"}}])")));
  CHECK(becomes(does(lie),
                does(R"([{"lie": {"message": "vote_refused", "field": "term", "add": 1}}])")));
  CHECK(becomes(does(R"([{"forge": {"as": "n2", "message": "append_entries"}}])"),
                does(R"([{"forge": {"as": "n2"}}])")));
}

TEST_CASE("whom chance picks becomes a node, a role stays") {
  CHECK(becomes(R"({"at": "1 s", "crash": "random"})", R"({"at": "1 s", "crash": "n3"})"));
  CHECK(becomes(R"({"at": "1 s", "cut": {"from": "any", "to": ["n1", "rest"]}})",
                R"({"at": "1 s", "cut": {"from": "any", "to": ["n1", "n2"]}})"));
  CHECK_FALSE(becomes(R"({"at": "1 s", "crash": "leader"})", R"({"at": "1 s", "crash": "n1"})"));
}

bool join(const std::string& faults, const std::string& joined) {
  return has(joined_faults(with_faults(faults)), Json::json_pointer("/faults"), joined);
}

TEST_CASE("faults that are one: both ways of a cut, those hit at once, what ends them") {
  CHECK(join(R"([{"at": "1 s", "cut": {"from": "n1", "to": ["n2", "n3"]}},
                 {"at": "1 s", "cut": {"from": ["n2", "n3"], "to": "n1"}}])",
             R"([{"at": "1 s", "partition": [["n1"], ["n2", "n3"]]}])"));
  CHECK(join(R"([{"at": "1 s", "isolate": {"who": "n1", "way": "in"}},
                 {"at": "1 s", "isolate": {"who": "n1", "way": "out"}}])",
             R"([{"at": "1 s", "isolate": "n1"}])"));
  CHECK(join(R"([{"at": "1 s", "crash": "n1"}, {"at": "1 s", "crash": ["n2", "n3"]}])",
             R"([{"at": "1 s", "crash": ["n1", "n2", "n3"]}])"));
  CHECK(join(
      R"([{"at": "1 s", "crash": "n1"}, {"at": "2 s", "wipe": "n2"},
                 {"at": "2 s", "pause": "n3"}, {"at": "4 s", "restart": "all"}])",
      R"([{"at": "1 s", "crash": "n1", "for": "3 s"}, {"at": "2 s", "wipe": "n2", "for": "2 s"},
                 {"at": "2 s", "pause": "n3"}])"));
  CHECK(join(R"([{"at": "1 s", "lose": "1/9"}, {"at": "2 s", "heal": "all"},
                 {"at": "3 s", "isolate": "n1"}])",
             R"([{"at": "1 s", "lose": "1/9", "for": "1 s"}, {"at": "3 s", "isolate": "n1"}])"));
  CHECK(join(R"([{"at": "1 s", "pause": "n1"}, {"at": "2 s", "resume": "all"}])",
             R"([{"at": "1 s", "pause": "n1", "for": "1 s"}])"));
}

TEST_CASE("faults that are several stay several") {
  for (const char* faults :
       {R"([{"at": "1 s", "cut": {"from": "n1", "to": "n2"}},
            {"at": "2 s", "cut": {"from": "n2", "to": "n1"}}])",
        R"([{"at": "1 s", "cut": {"from": "n1", "to": "n2"}},
            {"at": "1 s", "cut": {"from": "n3", "to": "n1"}}])",
        R"([{"at": "1 s", "isolate": {"who": "n1", "way": "in"}},
            {"at": "1 s", "isolate": {"who": "n2", "way": "out"}}])",
        R"([{"at": "1 s", "crash": "n1"}, {"at": "1 s", "crash": {"who": "n2", "torn": true}}])",
        R"([{"at": "1 s", "crash": "n1"}, {"at": "1 s", "pause": "n2"}])"})
    CHECK(joined_faults(with_faults(faults)).empty());
}

bool rounds(const std::string& part, const std::string& key, const std::string& value,
            const std::string& rounded) {
  Json scenario = with_faults("[]");
  scenario[part][key] = Json::parse(value);
  return has(rounder(scenario), Json::json_pointer("/" + part + "/" + key), rounded);
}

TEST_CASE("values of every kind become rounder, and no duration grows beyond its double") {
  CHECK(rounds("network", "duplicate_by", R"("1234 ms")", R"("1 s")"));
  CHECK(rounds("network", "duplicate", R"("17/100")", R"("1/5")"));
  CHECK(rounds("network", "loss", R"("1.5 %")", R"("1/1")"));
  CHECK(rounds("network", "bandwidth", R"("123 Mbps")", R"("100 Mbps")"));
  CHECK(rounds("network", "bandwidth", R"("1.75 Mbps")", R"("2 Mbps")"));
  CHECK(rounds("network", "latency", R"("uniform 0..30 ms")", R"("30 ms")"));
  CHECK(rounds("disk", "latency", R"("lognormal 17 ms sigma 0.5")", R"("17 ms")"));
  CHECK(rounds("config", "max_entries_per_message", "37", "1"));
  CHECK(rounds("config", "max_entries_per_message", "37", "40"));
  CHECK(rounds("config", "max_bytes_per_message", R"("37 KiB")", R"("30 KiB")"));
  CHECK(rounds("config", "election_timeout", R"("163..487 ms")", R"("163 ms..500 ms")"));
  CHECK(rounds("workload", "rate", R"("37.5 /s")", R"("40 /s")"));
  CHECK_FALSE(rounds("network", "duplicate_by", R"("200 ms")", R"("10 s")"));
  CHECK_FALSE(rounds("disk", "lies", "true", "1"));

  const auto of_fault = [](const char* fault) { return rounder(with_faults(fault)); };
  const Json::json_pointer clock("/faults/0/clock");
  const Candidates clocks = of_fault(
      R"([{"at": "1 s", "clock": {"who": "n1", "jump": "-1234 ms", "drift": "12345 ppm"}}])");
  CHECK(has(clocks, clock / "jump", R"("-1 s")"));
  CHECK(has(clocks, clock / "drift", R"("10000 ppm")"));
  const Candidates lies = of_fault(R"([{"at": "1 s", "traitor": {"who": "n3",
      "does": [{"lie": {"field": "term", "add": -37}}]}}])");
  const Json::json_pointer amount("/faults/0/traitor/does/0/lie/add");
  CHECK(has(lies, amount, "-1"));
  CHECK(has(lies, amount, "37"));
}

TEST_CASE("keys of every part can be left out, and regions with who is placed in them") {
  Json scenario = with_faults("[]");
  scenario["budget"] = "majority";
  scenario["down"] = Json::array({"n1", "n2"});
  scenario["network"] = Json::parse(R"({"regions": "r.json", "placement": ["a", "b", "a"]})");
  scenario["setup"] = Json::parse(R"({"logs": {"n1": "1 1 2 2"}, "terms": {"n1": 7}})");
  const Candidates some = fewer_keys(scenario);
  const auto lacks = [&](const char* place) {
    return std::any_of(some.begin(), some.end(), [&](const Json& one) {
      return one.size() >= scenario.size() - 1 && !one.contains(Json::json_pointer(place));
    });
  };
  CHECK(lacks("/budget"));
  CHECK(lacks("/network"));
  CHECK(lacks("/setup/terms/n1"));
  CHECK(has(some, Json::json_pointer("/down"), R"(["n1"])"));
  CHECK(has(some, Json::json_pointer("/setup/logs/n1"), R"("1 1 2")"));
  CHECK(has(some, Json::json_pointer("/setup/logs/n1"), R"("1 1")"));
  for (const Json& one : some) {
    const Json network = one.value("network", Json::object());
    CHECK((network.contains("regions") || !network.contains("placement")));
  }
  const Json less = without_node(scenario, 2);
  CHECK(less["network"]["placement"].dump() == R"(["a","a"])");
}

TEST_CASE("beside a script operations are made where a rate, a pause or a number asks for them") {
  Json scenario = with_faults("[]");
  scenario["workload"] =
      Json::parse(R"({"clients": 1, "script": [{"at": "1 s", "client": "c1", "get": "x"}]})");
  CHECK_FALSE(makes_load(scenario));
  const Json asking = Json::parse(R"({"rate": "1 /s", "think": "1 s", "operations": 9})");
  for (const auto& [key, value] : asking.items()) {
    Json more = scenario;
    more["workload"][key] = value;
    CHECK(makes_load(more));
  }
  scenario["workload"].erase("script");
  CHECK(makes_load(scenario));
  scenario.erase("workload");
  CHECK_FALSE(makes_load(scenario));
}

TEST_CASE("what changes a key becomes a put") {
  Json scenario = with_faults("[]");
  scenario["workload"] = Json::parse(R"({"clients": 1, "script": [
      {"at": "1 s", "client": "c1", "cas": {"x": [null, "1"]}},
      {"at": "2 s", "client": "c1", "append": {"x": "2"}}]})");
  const Candidates some = plainer_script(scenario);
  const Json::json_pointer script("/workload/script");
  CHECK(has(some, script / 0, R"({"at": "1 s", "client": "c1", "put": {"x": "1"}})"));
  CHECK(has(some, script / 1, R"({"at": "2 s", "client": "c1", "put": {"x": "2"}})"));
  CHECK(has(some, script, R"([{"at": "1 s", "client": "c1", "put": {"x": "1"}},
                              {"at": "2 s", "client": "c1", "put": {"x": "2"}}])"));
}

TEST_CASE("of whatever is drawn, every step is a scenario or refused as one, and most are one") {
  int steps = 0, refused = 0;
  for (const char* protocol : {"raft", "bully"}) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      CAPTURE(seed);
      const Json drawn = draw_scenario(protocol, seed, Budget::none);
      for (const auto& sort : simpler(drawn, std::nullopt, false)) {
        for (const Json& step : sort) {
          ++steps;
          try {
            (void)parse_scenario("step", step.dump());
          } catch (const ScenarioError&) {
            ++refused;
          }
        }
      }
    }
  }
  CHECK(steps > 2000);
  CHECK(refused * 4 < steps);
}

}  // namespace
}  // namespace lockstep::sim
