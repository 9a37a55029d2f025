#include "sim/scenario/parse.hpp"
#include "sim/scenario/says_for_tests.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

using namespace lockstep;
using namespace lockstep::sim;

namespace {

// A small scenario with one more line.
std::string with(const std::string& more, const std::string& protocol = "raft") {
  return "{ \"format\": 1, \"title\": \"t\", \"protocol\": \"" + protocol +
         "\", \"nodes\": 5, \"duration\": \"30 s\",\n" + more + " }";
}

Scenario scenario(const std::string& more, const Overrides& overrides = {}) {
  return parse_scenario("f.json", with(more), overrides);
}

std::string parse_error_of(const std::string& more, const std::string& protocol = "raft",
                           const Overrides& overrides = {}) {
  try {
    (void)parse_scenario("f.json", with(more, protocol), overrides);
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("the example of the design page is read") {
  const Scenario s = parse_scenario("f.json", R"({
    "format": 1, "title": "A leader is cut off", "why": "w", "source": "Raft, section 5.4",
    "protocol": "raft", "nodes": 5, "seed": 7, "duration": "30 s",
    "network":  { "latency": "uniform 1..5 ms", "bandwidth": "1 Gbps", "loss": "1/1000" },
    "config":   { "election_timeout": "150..300 ms", "heartbeat": "50 ms" },
    "workload": { "clients": 4, "rate": "50 /s", "keys": 8,
                  "mix": { "put": 3, "get": 5, "cas": 2 } },
    "faults":   [ { "at": "5 s", "partition": [["leader", "any"], ["rest"]] },
                  { "at": "15 s", "heal": "all" },
                  { "every": "4 s", "crash": "random", "for": "1 s" } ],
    "expect":   { "linearizable": true, "recovers_within": "2 s", "sometimes": ["leader_changed"] },
    "sweep":    { "config.election_timeout": ["150..155 ms", "150..300 ms"], "repeat": 100 }
  })");
  CHECK(s.title == "A leader is cut off");
  CHECK(s.nodes == 5);
  CHECK(s.seed == 7);
  CHECK(s.duration == seconds(30));
  CHECK(s.network.latency == Latency{Latency::Shape::uniform, milliseconds(1), milliseconds(5), 0});
  CHECK(s.network.bandwidth == 1'000'000'000u);
  CHECK(s.network.loss == Ratio{1, 1000});
  CHECK(s.config == R"({"election_timeout":"150..300 ms","heartbeat":"50 ms"})");
  CHECK(s.setup == "{}");
  CHECK(s.workload.clients == 4);
  CHECK(s.workload.rate == Ratio{50, 1});
  CHECK(s.workload.mix.size() == 3);
  REQUIRE(s.faults.size() == 3);
  const auto& partition = std::get<Partition>(s.faults[0].action);
  CHECK(partition.groups[0] ==
        std::vector<Target>{{Target::Kind::leader, nobody}, {Target::Kind::any, nobody}});
  CHECK(s.faults[0].from == Instant(seconds(5).ns()));
  CHECK(std::holds_alternative<Heal>(s.faults[1].action));
  CHECK(s.faults[2].when == Fault::When::every);
  CHECK(s.faults[2].period == seconds(4));
  CHECK(s.faults[2].from == Instant(seconds(4).ns()));
  CHECK(s.faults[2].until == Instant(seconds(30).ns()));
  CHECK(s.faults[2].lasts == seconds(1));
  CHECK(s.expect.linearizable == true);
  CHECK(s.expect.sometimes == std::vector<std::string>{"leader_changed"});
  CHECK(s.sweep.repeat == 100);
  const auto points = sweep_points(s.sweep);
  REQUIRE(points.size() == 2);
  CHECK(scenario_at(s, points[0]).config ==
        R"({"election_timeout":"150..155 ms","heartbeat":"50 ms"})");
  CHECK(scenario_at(s, points[0]).sweep.axes.empty());
}

TEST_CASE("the rest of the keys") {
  const Scenario s = scenario(R"("down": ["n5", "n4"], "until": {"leader_stable_for": "2 s",
    "recovered_for": "1 s"},
    "network": {"duplicate": "1/10", "duplicate_by": "2 s",
                "reorder": "1 %", "reorder_by": "20 ms", "ordering": "any",
                "wire": false, "bulk_from": "1 MiB"},
    "disk": {"latency": "exponential 2 ms", "lies": true},
    "workload": {"clients": 2, "think": "10 ms", "pipeline": 3, "value_bytes": 100,
                 "timeout": "1 s", "backoff": "10..20 ms",
                 "start": "1 s", "stop": "20 s", "operations": 100,
      "script": [{"at": "2 s", "client": "c2", "put": {"x": "1"}},
                 {"at": "3 s", "client": "c1", "get": "x"},
                 {"at": "3 s", "client": "c1", "cas": {"x": ["1", "2"]}},
                 {"at": "3 s", "client": "c1", "delete": "x"},
                 {"at": "4 s", "client": "c1", "cas": {"y": [null, "1"]}}]},
    "faults": [{"at": "1 s", "cut": {"from": "leader", "to": ["n2", "rest"]}, "for": "2 s"},
      {"at": "2 s", "isolate": {"who": "follower", "way": "in"}}, {"at": "2 s", "isolate": "n1"},
      {"random": {"times": 3, "from": "3 s", "until": "9 s"}, "pause": "minority", "for": "1 s"},
      {"every": "2 s", "from": "1 s", "until": "9 s",
       "slow_link": {"from": "n1", "to": "clients", "by": "1 s"}},
      {"at": "4 s", "slow_disk": {"who": "leader", "latency": "50 ms"}},
      {"at": "5 s", "restart": "all"}, {"at": "5 s", "resume": ["n1", "n2"]},
      {"at": "6 s", "campaign": "n1"}, {"at": "7 s", "isolate": "c1"}])");
  CHECK(s.down == std::vector<NodeId>{NodeId(5), NodeId(4)});
  CHECK(s.until.leader_stable_for == milliseconds(2000));
  CHECK(s.until.recovered_for == seconds(1));
  CHECK(key_of(s.faults.front().action) == "cut");
  CHECK(s.network.duplicate_by == milliseconds(2000));
  CHECK(s.network.reorder == Ratio{1, 100});
  CHECK(s.network.bulk_from == 1u << 20);
  CHECK_FALSE(s.network.wire);
  CHECK(s.disk.lies);
  CHECK(s.workload.operations == 100u);
  CHECK(s.workload.attempt_timeout == milliseconds(500));
  REQUIRE(s.workload.script.size() == 5);
  CHECK(s.workload.script[0].client == 2);
  CHECK(s.workload.script[2].expected == "1");
  CHECK(s.workload.script[2].value == "2");
  CHECK(s.workload.script[3].verb == "delete");
  CHECK_FALSE(s.workload.script[4].expected.has_value());
  CHECK(std::get<Cut>(s.faults[0].action).to.size() == 2);
  CHECK(std::get<Isolate>(s.faults[1].action).way == Isolate::Way::in);
  CHECK(std::get<Isolate>(s.faults[2].action).way == Isolate::Way::both);
  CHECK(s.faults[3].times == 3);
  CHECK(s.faults[4].from == Instant(seconds(1).ns()));
  CHECK(std::get<SlowLink>(s.faults[4].action).by == seconds(1));
  CHECK(std::get<Tell>(s.faults[8].action).verb == "campaign");
  CHECK(std::get<Isolate>(s.faults[9].action).who[0].id == NodeId(client_base + 1));
}

TEST_CASE("a script alone is the whole workload") {
  const std::string script = R"("script": [{"at": "1 s", "client": "c1", "get": "x"}])";
  CHECK(scenario("\"workload\": {\"clients\": 1, " + script + "}").workload.operations == 0u);
  CHECK_FALSE(scenario("\"workload\": {\"clients\": 1, \"rate\": \"5 /s\", " + script + "}")
                  .workload.operations.has_value());
}

TEST_CASE("errors name the place, the path and a remedy") {
  CHECK(
      parse_error_of("\"hartbeat\": 1") ==
      "f.json:2:1: hartbeat: unknown key 'hartbeat'; known: format, protocol, title, why, source, "
      "nodes, down, seed, duration, until, workload, network, disk, config, setup, budget, faults, "
      "expect, "
      "sweep");
  CHECK(parse_error_of("\"config\": {\"hartbeat\": \"20 ms\"}") ==
        "f.json:2:12: config.hartbeat: unknown key 'hartbeat'; did you mean 'heartbeat'?");
  CHECK(
      parse_error_of("\"config\": {\"heartbeat\": 20}") ==
      "f.json:2:25: config.heartbeat: 20 has no unit; write a duration in ns, us, ms, s, min or h "
      "as \"150 ms\"");
  CHECK(
      parse_error_of("\"config\": {\"heartbeat\": \"20 mss\"}") ==
      "f.json:2:25: config.heartbeat: '20 mss' is not a duration in ns, us, ms, s, min or h; write "
      "it as \"150 ms\"");
  CHECK(parse_error_of("\"config\": {\"election_timeout\": \"300..150 ms\"}") ==
        "f.json:2:32: config.election_timeout: the low end 300 ms is above the high end 150 ms; "
        "swap them");
  CHECK(says(parse_error_of("\"config\": {\"heartbeat\": \"150 ms\"}"),
             "must be below the lowest election timeout"));
  CHECK(says(parse_error_of("\"seed\": -1"),
             "seed: -1 is out of bounds; write a whole number from 0"));
  CHECK(says(parse_error_of("\"seed\": 1.5"), "1.5 is out of bounds"));
  CHECK(says(parse_error_of("\"network\": {\"ordering\": \"fif\"}"), "did you mean 'fifo'?"));
  CHECK(says(parse_error_of("\"seed\": 1", "raftt"),
             "protocol: 'raftt' is not known; did you mean 'raft'?"));
}

TEST_CASE("what is missing at the top is named") {
  const auto text_error = [](const char* text) {
    try {
      (void)parse_scenario("f.json", text);
    } catch (const ScenarioError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK(text_error("{}") == "f.json:1:1: top level: the key 'format' is missing; add it");
  CHECK(text_error("{\"format\": 2}") == "f.json:1:12: format: format 2 is not known; write 1");
  CHECK(text_error("{\"format\": 1, \"protcol\": \"raft\"}") ==
        "f.json:1:15: protcol: unknown key 'protcol'; did you mean 'protocol'?");
}

TEST_CASE("bursts are read in their short and their long form") {
  const Scenario s = scenario(R"("workload": {"clients": 1}, "faults": [
    {"at": "1 s", "lose": "1/10", "for": "2 s"},
    {"at": "1 s", "corrupt": {"ratio": "1 %", "from": "leader", "to": ["n2", "c1"]}},
    {"at": "1 s", "reorder": {"ratio": "1/3", "by": "60 ms"}},
    {"at": "1 s", "delay": "uniform 1..5 ms"},
    {"at": "1 s", "delay": {"by": "5 ms", "to": "n1"}},
    {"at": "1 s", "crash": {"who": "leader", "again": 3}, "for": "1 s"}])");
  const auto burst = [&](std::size_t i) { return std::get<Burst>(s.faults[i].action); };
  CHECK(burst(0).kind == Burst::Kind::lose);
  CHECK(burst(0).ratio == Ratio{1, 10});
  CHECK(burst(0).from.empty());
  CHECK(s.faults[0].lasts == milliseconds(2000));
  CHECK(burst(1).kind == Burst::Kind::corrupt);
  CHECK(burst(1).from.size() == 1);
  CHECK(burst(1).to.size() == 2);
  CHECK(burst(2).by == Latency{Latency::Shape::uniform, Duration(0), milliseconds(60), 0});
  CHECK(burst(3).by.high == milliseconds(5));
  CHECK(burst(4).ratio == Ratio{1, 1});
  CHECK(std::get<Crash>(s.faults[5].action).again == 3);
  CHECK(key_of(s.faults[2].action) == "reorder");
}

TEST_CASE("contradictory faults are refused") {
  const auto fault = [](const std::string& text) {
    return parse_error_of("\"faults\": [" + text + "]");
  };
  CHECK(says(fault(R"({"at": "1 s", "every": "2 s", "crash": "n1"})"), "two times in one fault"));
  CHECK(says(fault(R"({"crash": "n1"})"), "it has no time"));
  CHECK(says(fault(R"({"at": "1 s"})"), "nothing happens; add an action, known: partition"));
  CHECK(says(fault(R"({"at": "1 s", "crsh": "n1"})"),
             "faults[0].crsh: unknown key 'crsh'; did you mean 'crash'?"));
  CHECK(says(fault(R"({"at": "1 s", "crash": "n1", "pause": "n2"})"), "two actions in one fault"));
  CHECK(says(fault(R"({"at": "1 s", "heal": "all", "for": "1 s"})"), "'heal' does not last"));
  CHECK(says(fault(R"({"at": "1 s", "restart": "n1", "for": "1 s"})"), "'restart' does not last"));
  CHECK(says(fault(R"({"at": "1 s", "resume": "n1", "for": "1 s"})"), "'resume' does not last"));
  CHECK(
      says(fault(R"({"at": "1 s", "campaign": "n1", "for": "1 s"})"), "'campaign' does not last"));
  CHECK(
      says(fault(R"({"at": "30 s", "crash": "n1"})"), "not before the end of the scenario, 30 s"));
  CHECK(says(fault(R"({"every": "30 s", "crash": "n1"})"), "make the period shorter"));
  CHECK(says(fault(R"({"every": "1 us", "crash": "n1"})"), "more than 1000000 times"));
  CHECK(says(fault(R"({"every": "1 s", "from": "9 s", "until": "9 s", "crash": "n1"})"),
             "the window ends before it begins"));
  CHECK(says(fault(R"({"at": "1 s", "crash": "n6"})"),
             "faults[0].crash: 'n6' is not a node here; write n1 to n5"));
  CHECK(says(fault(R"({"at": "1 s", "crash": "n0"})"), "'n0' is not a node"));
  CHECK(says(fault(R"({"at": "1 s", "crash": "leeder"})"), "did you mean 'leader'?"));
  CHECK(says(fault(R"({"at": "1 s", "crash": "coordinator"})"), "raft has no coordinator"));
  CHECK(says(fault(R"({"at": "1 s", "isolate": "clients"})"), "there are no clients"));
  CHECK(says(fault(R"({"at": "1 s", "crash": "rest"})"), "'rest' of whom?"));
  CHECK(says(fault(R"({"at": "1 s", "crash": []})"), "is empty"));
  CHECK(says(fault(R"({"at": "1 s", "crash": ["n1", "n1"]})"), "'n1' is named twice"));
  CHECK(says(fault(R"({"at": "1 s", "partition": [["n1"]]})"), "one group cuts nothing"));
  CHECK(
      says(fault(R"({"at": "1 s", "partition": [["n1"], ["n2", "n1"]]})"), "'n1' is named twice"));
  CHECK(says(fault(R"({"at": "1 s", "cut": {"from": "n1", "to": "n1"}})"), "'n1' is named twice"));
  CHECK(says(fault(R"({"at": "1 s", "cut": {"from": "n1"}})"), "the key 'to' is missing"));
  CHECK(says(fault(R"({"at": "1 s", "heal": "some"})"), "'some' is not known"));
  CHECK(says(fault(R"({"at": "1 s", "from": "1 s", "crash": "n1"})"), "unknown key 'from'"));
}

TEST_CASE("contradictory workloads and claims are refused") {
  CHECK(says(parse_error_of(R"("workload": {"rate": "5 /s"})"), "the key 'clients' is missing"));
  CHECK(says(parse_error_of(R"("workload": {"clients": 1, "rate": "5 /s", "think": "1 s"})"),
             "keep one of rate and think"));
  CHECK(says(parse_error_of(R"("workload": {"clients": 1, "mix": {"put": 0}})"), "weight above 0"));
  CHECK(says(parse_error_of(R"("workload": {"clients": 1, "mix": {"pt": 1}})"),
             "did you mean 'put'?"));
  CHECK(says(parse_error_of(R"("workload": {"clients": 1, "attempt_timeout": "6 s"})"),
             "longer than the timeout"));
  CHECK(says(parse_error_of(R"("workload": {"clients": 1, "start": "2 s", "stop": "1 s"})"),
             "stops before it starts"));
  CHECK(says(
      parse_error_of(
          R"("workload": {"clients": 1, "script": [{"at": "1 s", "client": "c2", "get": "x"}]})"),
      "workload.script[0].client: 'c2' is not a client here; write c1"));
  CHECK(says(
      parse_error_of(
          R"("workload": {"clients": 1, "script": [{"at": "30 s", "client": "c1", "get": "x"}]})"),
      "not before the end"));
  CHECK(says(parse_error_of(R"("workload": {"clients": 1}, "duration2": 1)"),
             "did you mean 'duration'?"));
  CHECK(says(parse_error_of(R"("expect": {"linearizable": true})"), "there are no clients"));
  CHECK(
      says(parse_error_of(R"("expect": {"linearizable": true})", "bully"), "bully has no clients"));
  CHECK(says(parse_error_of(R"("workload": {"clients": 1})", "bully"), "bully has no clients"));
  CHECK(says(parse_error_of(R"("expect": {"sometimes": ["leader_chnged"]})"), "'leader_changed'?"));
  CHECK(says(parse_error_of(R"("expect": {"violates": "log matchin"})"),
             "did you mean 'log matching'?"));
  CHECK(says(parse_error_of(R"("down": ["n6"])"), "'n6' is not a node here"));
  CHECK(says(parse_error_of(R"("down": ["n1", "n1"])"), "named twice"));
}

TEST_CASE("platforms and regions") {
  const Scenario s =
      parse_scenario("scenarios/raft/f.json", with(R"("network": {"regions": "platforms/gcp3.json",
                                            "placement": ["Iowa", "Taiwan"]})"));
  REQUIRE(s.network.regions.has_value());
  CHECK(s.network.regions->names == std::vector<std::string>{"Iowa", "Belgium", "Taiwan"});
  CHECK(s.network.regions->placement == std::vector<std::size_t>{0, 2});
  CHECK(s.network.regions->one_way[0][1] == milliseconds(56));
  CHECK(s.network.regions->one_way[2][0] == milliseconds(89));
  CHECK(s.network.regions->one_way[1][2] == milliseconds(123));
  CHECK(s.network.regions->one_way[1][1] == microseconds(250));
  CHECK(s.network.latency == Latency{Latency::Shape::constant, Duration(0), Duration(0), 0});
  CHECK(
      says(parse_error_of(R"("network": {"regions": "platforms/gcp3.json", "platform": "x.xml"})"),
           "exclude each other"));
  CHECK(says(parse_error_of(R"("network": {"regions": "platforms/none.json"})"), "no file"));
  CHECK(
      says(parse_error_of(R"("network": {"placement": ["Iowa"]})"), "a placement without regions"));
  CHECK(
      says(parse_error_of(R"("network": {"regions": "platforms/gcp3.json", "placement": ["Iwa"]})"),
           "did you mean 'Iowa'?"));
  const Scenario aws = scenario(R"("network": {"regions": "platforms/aws9.json"})");
  CHECK(aws.network.regions->names.size() == 9);
  CHECK(aws.network.regions->one_way[0][1] == microseconds(36'370));
  CHECK(aws.network.regions->one_way[1][0] == microseconds(35'815));
}

TEST_CASE("sweeps are tried point by point") {
  const Scenario s = scenario(R"("config": {"heartbeat": "50 ms"},
    "sweep": {"nodes": [3, 5], "down": [[], ["n1"]], "repeat": 2})");
  const auto points = sweep_points(s.sweep);
  REQUIRE(points.size() == 4);
  CHECK(points[1] == Overrides{{"nodes", "3"}, {"down", "[\"n1\"]"}});
  CHECK(scenario_at(s, points[1]).down == std::vector<NodeId>{NodeId(1)});
  CHECK(says(parse_error_of(R"("sweep": {"config.hartbeat": ["1 ms"]})"),
             "sweep: at the point config.hartbeat = \"1 ms\": "));
  CHECK(says(parse_error_of(R"("sweep": {"config.hartbeat": ["1 ms"]})"),
             "did you mean 'heartbeat'?"));
  CHECK(says(parse_error_of(R"("sweep": {"config.heartbeat": []})"), "is empty"));
  CHECK(says(parse_error_of(R"("sweep": {"config.heartbeat": "1 ms"})"), "wants a list"));
  CHECK(says(parse_error_of(R"("sweep": {"sweep.repeat": [1]})"), "cannot sweep itself"));
  CHECK(says(parse_error_of(R"("sweep": {"repeat": 0})"), "out of bounds"));
  std::string values = "[1";
  for (int i = 2; i <= 100; ++i) values += "," + std::to_string(i);
  CHECK(says(parse_error_of("\"sweep\": {\"seed\": " + values + "], \"nodes\": " + values + "]}"),
             "more than 4096 points"));
}

TEST_CASE("overrides reach the effective scenario, and unknown ones are named") {
  const Scenario s = scenario("\"seed\": 1", {{"config.heartbeat", "20 ms"}, {"seed", "9"}});
  CHECK(s.seed == 9);
  CHECK(s.config == R"({"heartbeat":"20 ms"})");
  CHECK(says(s.effective, "\"heartbeat\": \"20 ms\""));
  CHECK(parse_scenario("f.json", s.effective).effective == s.effective);
  CHECK(parse_error_of("\"seed\": 1", "raft", {{"config.hartbeat", "20 ms"}}) ==
        "f.json:1:1: config.hartbeat: unknown key 'hartbeat'; did you mean 'heartbeat'? (set by "
        "--set)");
  CHECK(says(parse_error_of("\"seed\": 1", "raft", {{"seed", "x"}}), "(set by --set)"));
}

TEST_CASE("a damaged file is refused in one line, or is still a scenario") {
  const std::string good = with(R"("config": {"heartbeat": "20 ms", "pre_vote": false}, // why not
    "workload": {"clients": 2, "rate": "5 /s", "mix": {"put": 1}},
    "faults": [{"every": "1 s", "partition": [["n1", "c1"], ["rest"]], "for": "2 s"}],
    "sweep": {"config.heartbeat": ["1 ms", "2 ms"], "repeat": 2})");
  const auto damage = [&](const std::string& text) {
    try {
      (void)parse_scenario("f.json", text);
      return true;
    } catch (const ScenarioError& error) {
      const std::string line = error.what();
      CHECK(line.rfind("f.json:", 0) == 0);
      CHECK(line.find('\n') == std::string::npos);
      return false;
    }
  };
  CHECK(damage(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    CHECK_FALSE(damage(good.substr(0, i)));
    std::string text = good;
    for (const char c : {'\0', '"', '{', '}', ']', ',', '9', '/', '\xFF'}) {
      text[i] = c;
      damage(text);
    }
    damage(good.substr(0, i) + good.substr(i + 1));
  }
}

TEST_CASE("every story in scenarios/ is read, says why, and stands in scenarios/README.md") {
  std::ifstream page("scenarios/README.md");
  const std::string list((std::istreambuf_iterator<char>(page)), std::istreambuf_iterator<char>());
  std::size_t stories = 0;
  for (const char* folder : {"scenarios/raft", "scenarios/bully"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".json") continue;
      CAPTURE(entry.path().string());
      ++stories;
      Scenario story;
      CHECK_NOTHROW(story = load_scenario(entry.path().string()));
      CHECK_FALSE(story.why.empty());
      CHECK_FALSE(story.source.empty());
      CHECK(list.find("| " + story.title + " |") != std::string::npos);
    }
  }
  CHECK(stories >= 20);
}
