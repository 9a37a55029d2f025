// Clients, their load and what they saw.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "sim/world/notebook_for_tests.hpp"

namespace lockstep::sim::notebook {
namespace {

using Outcome = HistoryOperation::Outcome;

// A get takes 2 ms, a put 12.
Scenario with_clients(std::uint32_t clients) {
  Scenario scenario = two_nodes();
  scenario.workload.clients = clients;
  scenario.workload.keys = 2;
  scenario.workload.mix = {{"put", 1}, {"get", 1}};
  return scenario;
}
Operation scripted(std::int64_t when, std::uint32_t client, std::string verb, std::string value) {
  return {ms(when), client, std::move(verb), "x", std::move(value), std::nullopt};
}
int count(const std::vector<HistoryOperation>& history, Outcome outcome) {
  return static_cast<int>(
      std::count_if(history.begin(), history.end(),
                    [&](const HistoryOperation& o) { return o.outcome == outcome; }));
}
// The most operations of one client that were open at one time.
int most_open(const std::vector<HistoryOperation>& history, NodeId client) {
  int most = 0;
  for (const auto& at : history) {
    int open = 0;
    for (const auto& other : history) {
      open += other.client == client && other.invoked <= at.invoked &&
              (other.outcome == Outcome::unknown || other.returned > at.invoked);
    }
    most = std::max(most, open);
  }
  return most;
}

TEST_CASE("a scripted put and get: what clients saw, when, and how it went over the network") {
  Scenario scenario = with_clients(2);
  scenario.workload.operations = 0;
  scenario.workload.script = {scripted(100, 1, "put", "a"), scripted(200, 2, "get", "")};
  const Told told = play(scenario);
  const auto& history = told.outcome.history;
  REQUIRE(history.size() == 2);
  CHECK(history[0].client == NodeId(client_base + 1));
  CHECK(history[0].invoked == ms(100));
  CHECK(history[0].returned == ms(112));
  CHECK(history[0].outcome == Outcome::ok);
  CHECK(history[1].client == NodeId(client_base + 2));
  CHECK(history[1].returned == ms(202));
  CHECK(history[1].found == "a");
  CHECK(told.of("c1") == Lines{"0 s c1 started []",
                               R"(100 ms c1 requested #0 wish{put=true key="x" value="a"})",
                               "112 ms c1 received n1 done{number=0 found=none}"});
  CHECK(told.of("n1", "requested")[0].starts_with("101 ms"));
  CHECK(told.outcome.figure("operations_ok") == 2);
  CHECK(told.outcome.figure("throughput_per_s") == doctest::Approx(2));
  CHECK(told.outcome.figure("latency_max_ms") == doctest::Approx(12));
  CHECK(told.outcome.verdict == RunVerdict::pass);
  CHECK_FALSE(seen(told.outcome, "client_retried"));
}

TEST_CASE(
    "closed loop: the next operation comes when the answer is there and the client has thought") {
  Scenario scenario = with_clients(2);
  scenario.workload.think = milliseconds(10);
  scenario.workload.start = ms(50);
  const auto history = play(scenario).outcome.history;
  REQUIRE(history.size() > 50);
  for (const std::uint32_t c : {1u, 2u}) {
    Instant free = ms(50);
    for (const auto& operation : history) {
      if (operation.client != NodeId(client_base + c)) continue;
      CHECK(operation.invoked == free);
      free = operation.returned + milliseconds(10);
    }
    CHECK(most_open(history, NodeId(client_base + c)) == 1);
  }
}

TEST_CASE("closed loop: a client keeps as many operations open as its pipeline holds") {
  Scenario scenario = with_clients(1);
  scenario.workload.pipeline = 3;
  scenario.duration = milliseconds(200);
  CHECK(most_open(play(scenario).outcome.history, NodeId(client_base + 1)) == 3);
}

TEST_CASE("the load ends at its stop and at its last operation") {
  Scenario scenario = with_clients(2);
  scenario.workload.stop = ms(300);
  for (const auto& operation : play(scenario).outcome.history) CHECK(operation.invoked < ms(300));
  scenario.workload.stop.reset();
  scenario.workload.operations = 7;
  CHECK(play(scenario).outcome.history.size() == 7);
}

TEST_CASE("a script beside a closed loop: both are made, and the loop goes on to its end") {
  Scenario scenario = with_clients(2);
  scenario.workload.operations = 20;
  scenario.workload.think = milliseconds(5);
  scenario.workload.script = {scripted(3, 1, "put", "a"), scripted(4, 1, "put", "b"),
                              scripted(50, 2, "get", "")};
  const auto history = play(scenario).outcome.history;
  CHECK(history.size() == 23);
  CHECK(count(history, Outcome::ok) == 23);
  CHECK(most_open(history, NodeId(client_base + 1)) <= 3);
  std::set<std::uint64_t> ids;
  for (const auto& operation : history) ids.insert(operation.id);
  CHECK(ids.size() == 23);
}

TEST_CASE("open loop: operations come at the rate, clients in turn; what finds no room waits") {
  Scenario scenario = with_clients(2);
  scenario.duration = seconds(20);
  scenario.workload.rate = Ratio{50, 1};
  scenario.workload.keys = 8;
  const auto outcome = play(scenario).outcome;
  CHECK(std::abs(static_cast<int>(outcome.history.size()) - 1000) < 130);
  for (std::size_t i = 0; i < outcome.history.size(); ++i)
    REQUIRE(outcome.history[i].client == NodeId(client_base + 1 + i % 2));
  CHECK(outcome.verdict == RunVerdict::pass);
  for (const std::uint32_t c : {1u, 2u})
    CHECK(most_open(outcome.history, NodeId(client_base + c)) == 1);
}

TEST_CASE("what was never sent failed; what was sent and has no answer stays unknown") {
  Scenario scenario = with_clients(1);
  scenario.workload.operations = 0;
  scenario.workload.script = {scripted(100, 1, "put", "a"), scripted(200, 1, "put", "b")};
  scenario.faults = {at(50, Crash{{n1}})};
  const auto outcome = play(scenario).outcome;
  REQUIRE(outcome.history.size() == 2);
  CHECK(outcome.history[0].outcome == Outcome::unknown);
  CHECK(outcome.history[1].outcome == Outcome::failed);
  CHECK(outcome.history[1].reason == "never sent");
  CHECK(outcome.figure("operations_unknown") == 1);
  CHECK(outcome.figure("operations_failed") == 1);
  CHECK(outcome.verdict == RunVerdict::pass);
}

TEST_CASE("a client that hears nothing asks again; the second answer is nobody's") {
  Scenario scenario = with_clients(1);
  scenario.config = R"({"patience_ms": 50})";
  scenario.workload.operations = 0;
  scenario.workload.script = {scripted(100, 1, "put", "a")};
  // The first request's answer is cut off, the request itself is not.
  scenario.faults = {at(101, Isolate{{n1}, Isolate::Way::out}, 30)};
  const Told told = play(scenario);
  CHECK(told.of("n1", "requested").size() == 2);
  CHECK(told.of("c1", "timer_fired") ==
        Lines{"150 ms c1 timer_fired over #1", "200 ms c1 timer_fired over #2"});
  CHECK(told.outcome.history[0].returned == ms(162));
  CHECK(seen(told.outcome, "client_retried"));
}

TEST_CASE("cuts between clients and nodes hold both ways, as those between nodes do") {
  Scenario scenario = with_clients(1);
  scenario.workload.operations = 0;
  scenario.workload.script = {scripted(100, 1, "get", "")};
  const Target c1{Target::Kind::client, NodeId(client_base + 1)};
  const auto answered = [&](Fault fault) {
    scenario.faults = {std::move(fault)};
    return play(scenario).outcome.history[0].outcome == Outcome::ok;
  };
  CHECK_FALSE(answered(at(50, Cut{{c1}, {n1}})));
  CHECK_FALSE(answered(at(50, Cut{{n1}, {c1}})));
  CHECK_FALSE(answered(at(50, Isolate{{c1}})));
  CHECK(answered(at(50, Cut{{n1}, {node(2)}})));
}

TEST_CASE("a client that is cut off while an answer is on its way drops it") {
  Scenario scenario = with_clients(1);
  scenario.network.latency.low = scenario.network.latency.high = milliseconds(10);
  scenario.workload.operations = 0;
  scenario.workload.script = {scripted(100, 1, "get", "")};
  scenario.faults = {at(115, Isolate{{Target{Target::Kind::clients, nobody}}})};
  const Told told = play(scenario);
  CHECK(told.of("c1").back() == "120 ms c1 drops");
  CHECK(told.outcome.figure("messages_lost") == 1);
}

TEST_CASE("clients of two nodes that do not agree see a history that is not linearizable") {
  Scenario scenario = with_clients(2);
  scenario.config = R"({"servers": 2})";
  scenario.workload.operations = 0;
  scenario.workload.script = {scripted(100, 1, "put", "a"), scripted(200, 2, "get", "")};
  const auto outcome = play(scenario).outcome;
  CHECK(outcome.verdict == RunVerdict::violated);
  REQUIRE(outcome.violations.size() == 1);
  CHECK(outcome.violations[0].rule == "linearizability");
  scenario.expect.linearizable = false;
  CHECK(play(scenario).outcome.verdict == RunVerdict::pass);
}

TEST_CASE("the history stays where nobody wants to carry it") {
  Scenario scenario = with_clients(1);
  RunOptions options;
  const auto kept = run(scenario, options);
  options.keep_history = false;
  const auto dropped = run(scenario, options);
  CHECK_FALSE(kept.history.empty());
  CHECK(dropped.history.empty());
  CHECK(kept.figures.size() == dropped.figures.size());
  CHECK(kept.digest == dropped.digest);
}

}  // namespace
}  // namespace lockstep::sim::notebook
