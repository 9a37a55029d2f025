// Digests, violations, expectations and recovery: what a run comes to.
#include <doctest/doctest.h>

#include <cmath>

#include "sim/world/notebook_for_tests.hpp"

namespace lockstep::sim::notebook {
namespace {

// Everything at once: jitter, loss, doubles, crashes, pauses, clients.
Scenario eventful() {
  Scenario scenario = two_nodes();
  scenario.nodes = 5;
  scenario.duration = seconds(3);
  scenario.config = R"({"beat_ms": 20, "echo": 1, "patience_ms": 50})";
  scenario.network.latency = {Latency::Shape::lognormal, milliseconds(3), Duration(0), 500};
  scenario.network.loss = scenario.network.duplicate = scenario.network.reorder = {1, 20};
  scenario.disk.latency = {Latency::Shape::exponential, milliseconds(5), Duration(0), 0};
  scenario.workload.clients = 3;
  scenario.workload.mix = {{"put", 1}, {"get", 1}};
  const auto often = [](FaultAction action, std::int64_t lasts) {
    Fault fault = at(0, std::move(action), lasts);
    fault.when = Fault::When::random;
    fault.until = ms(3000);
    fault.times = 5;
    return fault;
  };
  const Target random{Target::Kind::random, nobody}, any{Target::Kind::any, nobody};
  scenario.faults = {often(Crash{{random}}, 100), often(Pause{{random}}, 150),
                     often(Isolate{{any}}, 200), often(SlowDisk{{any}, milliseconds(30)}, 200),
                     often(Partition{{{any}, {Target{Target::Kind::rest, nobody}}}}, 100)};
  scenario.expect.linearizable = false;
  return scenario;
}

TEST_CASE("the same scenario and seed give the same digest; another seed gives another") {
  Scenario scenario = eventful();
  const auto first = run(scenario, {});
  const auto again = run(scenario, {});
  CHECK(first.digest == again.digest);
  CHECK(first.steps == again.steps);
  CHECK(first.figures.size() == again.figures.size());
  CHECK(first.steps > 1000);
  scenario.seed = 2;
  CHECK(run(scenario, {}).digest != first.digest);
}

TEST_CASE("the digest is the same with and without a listener, with and without the wire") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Scenario scenario = eventful();
    scenario.seed = seed;
    const auto plain = run(scenario, {});
    CHECK(play(scenario).outcome.digest == plain.digest);
    CHECK(plain.figure("bytes_sent") > 0);
    scenario.network.wire = false;
    const auto unencoded = run(scenario, {});
    CHECK(unencoded.digest == plain.digest);
    CHECK(unencoded.figure("bytes_sent") == 0);
  }
}

TEST_CASE("the digest sees one event more, one effect's content, one nanosecond") {
  Scenario scenario = two_nodes();
  scenario.faults = {tell(10, 1, "write a")};
  const auto digest = run(scenario, {}).digest;
  scenario.faults = {tell(10, 1, "write b")};
  CHECK(run(scenario, {}).digest != digest);
  scenario.faults = {tell(10, 2, "write a")};
  CHECK(run(scenario, {}).digest != digest);
  scenario.faults = {tell(10, 1, "write a"), tell(900, 1, "lead")};
  CHECK(run(scenario, {}).digest != digest);
  scenario.faults = {tell(10, 1, "write a")};
  scenario.faults[0].from = scenario.faults[0].from + nanoseconds(1);
  CHECK(run(scenario, {}).digest != digest);
}

TEST_CASE("machines of other nodes and incarnations get other seeds; the same run the same ones") {
  Scenario scenario = two_nodes();
  scenario.faults = {at(100, Crash{{n1}}, 10)};
  Lines woke;
  for (const TraceLine& line : play(scenario).trace) {
    const auto* step = std::get_if<TracedStep>(&line);
    if (step != nullptr && step->event == "started") woke.push_back(step->effects.at(0));
  }
  REQUIRE(woke.size() == 3);
  CHECK(woke[0] != woke[1]);
  CHECK(woke[0] != woke[2]);
  CHECK(woke[1] != woke[2]);
}

TEST_CASE("a check that fails in a machine is the violation internal check, and ends the run") {
  Scenario scenario = two_nodes();
  scenario.faults = {tell(100, 1, "break"), tell(200, 2, "lead")};
  const Told told = play(scenario);
  CHECK(told.outcome.verdict == RunVerdict::violated);
  REQUIRE(told.outcome.violations.size() == 1);
  const Violation& violation = told.outcome.violations[0];
  CHECK(violation.rule == "internal check");
  CHECK(violation.text.find("told to break") != std::string::npos);
  CHECK(violation.text.find("requested") != std::string::npos);
  CHECK(violation.node == NodeId(1));
  CHECK(violation.at == ms(100));
  CHECK(told.outcome.ended == ms(100));
  CHECK(told.of("n2", "requested").empty());
  CHECK(told.lines.back() == "100 ms violation of internal check");
}

TEST_CASE("a check that fails in a client's machine is one as well") {
  Scenario scenario = two_nodes();
  scenario.workload.clients = 1;
  scenario.workload.operations = 0;
  scenario.workload.script = {{ms(100), 1, "put", "x", "unspeakable", std::nullopt}};
  const Told told = play(scenario);
  CHECK(told.outcome.verdict == RunVerdict::violated);
  REQUIRE(told.outcome.violations.size() == 1);
  CHECK(told.outcome.violations[0].rule == "internal check");
  CHECK(told.outcome.violations[0].node == NodeId(client_base + 1));
  CHECK(told.outcome.ended == ms(100));
}

TEST_CASE("a broken rule is told where it broke, and the run goes on") {
  Scenario scenario = two_nodes();
  scenario.faults = {tell(100, 1, "write 42"), tell(200, 1, "write 43"), tell(300, 2, "write 42")};
  const Told told = play(scenario);
  CHECK(told.outcome.verdict == RunVerdict::violated);
  CHECK(told.outcome.violations.size() == 2);
  CHECK(told.outcome.reasons == Lines(2, "no 42: a note of 42"));
  CHECK(told.outcome.ended == ms(1000));
  CHECK(std::find(told.lines.begin(), told.lines.end(), "100 ms violation of no 42") !=
        told.lines.end());
}

TEST_CASE("a scenario that expects a violation passes when it is found, and only then") {
  Scenario scenario = two_nodes();
  scenario.expect.violates = "no 42";
  const auto none = run(scenario, {});
  CHECK(none.verdict == RunVerdict::violated);
  CHECK(none.reasons == Lines{"expected a violation of no 42, and found none"});

  scenario.faults = {tell(100, 1, "write 42")};
  const auto found = run(scenario, {});
  CHECK(found.verdict == RunVerdict::pass);
  CHECK(found.violations.size() == 1);

  // What else breaks beside it does not count; another one alone does.
  scenario.faults.push_back(tell(500, 1, "break"));
  CHECK(run(scenario, {}).verdict == RunVerdict::pass);
  scenario.faults.erase(scenario.faults.begin());
  const auto other = run(scenario, {});
  CHECK(other.verdict == RunVerdict::violated);
  CHECK(other.violations.size() == 1);
  CHECK(other.violations[0].rule == "internal check");
}

TEST_CASE("a witness that must be seen and is not makes the run violated") {
  Scenario scenario = two_nodes();
  scenario.expect.sometimes = {"watched", "crashed"};
  const auto outcome = run(scenario, {});
  CHECK(outcome.verdict == RunVerdict::violated);
  CHECK(outcome.reasons == Lines{"never seen: crashed"});
  scenario.faults = {at(100, Crash{{n1}})};
  CHECK(run(scenario, {}).verdict == RunVerdict::pass);
}

TEST_CASE("until: the run ends once one leader has stood that long") {
  Scenario scenario = two_nodes();
  scenario.config = R"({"beat_ms": 10})";
  scenario.until.leader_stable_for = milliseconds(200);
  scenario.faults = {tell(105, 1, "lead")};
  CHECK(run(scenario, {}).ended >= ms(305));
  CHECK(run(scenario, {}).ended <= ms(311));
  scenario.faults.push_back(at(300, Crash{{n1}}));  // it has not stood long enough
  CHECK(run(scenario, {}).ended == ms(1000));
}

TEST_CASE("until: the run ends some time after the recovery from its last fault") {
  Scenario scenario = two_nodes();
  scenario.config = R"({"beat_ms": 10})";
  scenario.until.recovered_for = milliseconds(100);
  scenario.expect.recovers_within = milliseconds(500);
  scenario.faults = {tell(100, 1, "write a"), tell(100, 2, "write a"),
                     at(500, Isolate{{n1}}, 50)};  // agreement at 110 ms is not the last word
  const auto outcome = run(scenario, {});
  CHECK(outcome.ended == ms(650));
  CHECK(outcome.verdict == RunVerdict::pass);
  scenario.expect.recovers_within = Duration(1);
  scenario.faults.pop_back();
  const auto late = run(scenario, {});
  CHECK(late.ended == ms(210));
  CHECK(late.verdict == RunVerdict::violated);  // it recovered, and too late
  scenario.faults = {tell(100, 1, "write a")};
  CHECK(run(scenario, {}).ended == ms(1000));  // never
}

TEST_CASE("the end of a run is its duration, or its last instant when something stopped it") {
  Scenario scenario = two_nodes();
  CHECK(run(scenario, {}).ended == ms(1000));
  scenario.duration = milliseconds(5);
  scenario.faults = {tell(5, 1, "lead"), tell(6, 1, "break")};
  const auto outcome = run(scenario, {});  // what is due at the end is done, what is due later not
  CHECK(outcome.ended == ms(5));
  CHECK(outcome.steps == 3);
}

// Without clients, recovery is agreement: all live nodes hold the same notes, and at least one.

TEST_CASE("recovery is measured from the last fault to agreement") {
  Scenario scenario = two_nodes();
  scenario.expect.recovers_within = milliseconds(50);
  scenario.faults = {tell(100, 1, "write a"), tell(130, 2, "write a")};
  const auto outcome = run(scenario, {});
  CHECK(outcome.verdict == RunVerdict::pass);
  CHECK(outcome.figure("recovery_ms") == 10);  // the disk's time
}

TEST_CASE("no agreement within the bound breaks the rule of recovery") {
  Scenario scenario = two_nodes();
  scenario.expect.recovers_within = milliseconds(50);
  scenario.faults = {tell(100, 1, "write a")};
  const auto never = run(scenario, {});
  CHECK(never.verdict == RunVerdict::violated);
  CHECK(std::any_of(never.violations.begin(), never.violations.end(),
                    [](const Violation& v) { return v.rule == "recovery"; }));
  CHECK(std::isnan(never.figure("recovery_ms")));

  scenario.faults = {at(50, SlowDisk{{n2}, milliseconds(200)}), tell(100, 1, "write a"),
                     tell(100, 2, "write a")};
  const auto late = run(scenario, {});
  CHECK(late.verdict == RunVerdict::violated);
  CHECK(late.figure("recovery_ms") == 200);
  scenario.expect.recovers_within = milliseconds(200);
  CHECK(run(scenario, {}).verdict == RunVerdict::pass);
}

TEST_CASE("a run that ends before recovery is owed is undecided") {
  Scenario scenario = two_nodes();
  scenario.expect.recovers_within = milliseconds(500);
  scenario.faults = {tell(700, 1, "write a")};
  const auto outcome = run(scenario, {});
  CHECK(outcome.verdict == RunVerdict::undecided);
  REQUIRE(outcome.reasons.size() == 1);
  CHECK(outcome.reasons[0].find("300 ms") != std::string::npos);
}

TEST_CASE("a violation decides, expected or not, though recovery is not owed yet") {
  Scenario scenario = two_nodes();
  scenario.expect.recovers_within = milliseconds(500);
  scenario.faults = {tell(700, 1, "write 42")};
  CHECK(run(scenario, {}).verdict == RunVerdict::violated);
  scenario.expect.violates = "no 42";
  CHECK(run(scenario, {}).verdict == RunVerdict::pass);
  CHECK(run(scenario, {}).reasons.empty());
}

TEST_CASE(
    "with clients, recovery is the first operation begun after the last fault that ends well") {
  Scenario scenario = two_nodes();
  scenario.setup = "the same notes";
  scenario.workload.clients = 1;
  scenario.workload.mix = {{"get", 1}};
  scenario.workload.think = milliseconds(98);  // one each 100 ms
  scenario.expect.recovers_within = milliseconds(150);
  scenario.faults = {at(250, Isolate{{n2}}, 100)};
  const auto outcome = run(scenario, {});
  CHECK(outcome.verdict == RunVerdict::pass);
  CHECK(outcome.figure("recovery_ms") == 52);  // begun at 400 ms, answered at 402

  // The only node that serves stays down: nothing is answered any more.
  scenario.faults = {at(250, Crash{{n1}})};
  const auto down = run(scenario, {});
  CHECK(down.verdict == RunVerdict::violated);
  CHECK(down.violations.at(0).rule == "recovery");
}

TEST_CASE("once the network has been quiet for the bound, every further change is judged") {
  Scenario scenario = two_nodes();
  scenario.workload.clients = 1;
  scenario.workload.operations = 0;
  scenario.expect.recovers_within = milliseconds(200);
  scenario.faults = {tell(100, 1, "write a"), tell(100, 2, "write a")};
  // A client's put changes the notes of one node only, 12 ms after it is made.
  const auto put_at = [&](std::int64_t when) {
    scenario.workload.script = {{ms(150), 1, "get", "x", "", std::nullopt},
                                {ms(when), 1, "put", "x", "b", std::nullopt}};
    return run(scenario, {}).violations;
  };
  const auto found = put_at(400);
  REQUIRE_FALSE(found.empty());
  CHECK(found[0].rule == "same notes");
  CHECK(found[0].at == ms(411));
}

}  // namespace
}  // namespace lockstep::sim::notebook
