// Raft and the flooding search on the same nodes: each lives the life it lives alone, and is judged
// as it is judged alone.
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "sim/protocols/raft_and_flood_format.hpp"
#include "sim/protocols/raft_and_flood_watch.hpp"
#include "sim/protocols/registry.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {
namespace {

Outcome run(const Scenario& scenario) {
  const auto fabric = make_loop_fabric(scenario);
  RunOptions options;
  options.keep_history = true;
  return runner_of(scenario.protocol)(scenario, *fabric, options);
}
Outcome run(const std::string& protocol, const std::string& rest) {
  return run(parse_scenario(
      "test", R"({"format": 1, "title": "t", "protocol": ")" + protocol + R"(", )" + rest + "}"));
}
std::string line(const HistoryOperation& operation) {
  return to_text(operation.client) + " " + operation.verb + " " + operation.key + " " +
         operation.value + " " + to_text(operation.invoked) + " " + to_text(operation.returned);
}
std::vector<std::string> lines(const Outcome& outcome) {
  std::vector<std::string> all;
  for (const auto& operation : outcome.history) all.push_back(line(operation));
  return all;
}
std::map<std::string, double> figures(const Outcome& outcome) {
  return {outcome.figures.begin(), outcome.figures.end()};
}

constexpr const char* stormy = R"(
  "nodes": 3, "duration": "20 s", "seed": 5, "disk": {"latency": "uniform 1..3 ms"},
  "network": {"latency": "uniform 1..9 ms", "loss": "1/50"},
  "workload": {"clients": 2, "rate": "30 /s"},
  "faults": [{"at": "5 s", "crash": "leader", "for": "2 s"},
             {"at": "9 s", "crash": {"who": "all", "torn": true}, "for": "1 s"}])";

TEST_CASE(
    "beside a search that says nothing, Raft and its clients live the same to the nanosecond") {
  const Outcome alone = run("raft", stormy);
  const Outcome beside = run("raft_and_flood", std::string(stormy) + R"(,
    "config": {"flood": {"health_check": "0 s"}},
    "setup": {"flood": {"files": [{"name": "song", "size": "100 KiB", "on": ["n2"]}]}})");
  CHECK(lines(alone).size() > 500);
  CHECK(lines(beside) == lines(alone));
  CHECK(beside.steps == alone.steps);
  CHECK(beside.violations.empty());
  auto ours = figures(beside);
  for (const char* same : {"messages_sent", "leaders_elected", "candidacies", "entries_committed"})
    CHECK(ours[same] == figures(alone)[same]);
}

constexpr const char* exchange = R"(
  "nodes": 6, "duration": "20 s", "disk": {"latency": "2 ms"}, "network": {"latency": "4 ms"})";
constexpr const char* flood_setup_text = R"({
  "files": [{"name": "song", "size": "300 KiB", "on": ["n1", "n2"]}],
  "orders": [{"at": "1 s", "node": "n5", "fetch": "song"},
             {"at": "2 s", "node": "n3", "fetch": "song"},
             {"at": "9 s", "node": "n4", "search": "song"}]})";

TEST_CASE("beside Raft, whose records stand in the same logs, peers find and take the same files") {
  const Outcome alone = run("flood", std::string(exchange) + R"(, "setup": )" + flood_setup_text);
  const Outcome beside = run("raft_and_flood", std::string(exchange) +
                                                   R"(, "workload": {"clients": 2, "rate": "50 /s"},
                                                        "setup": {"flood": )" +
                                                   flood_setup_text + "}");
  CHECK(beside.violations.empty());
  auto ours = figures(beside);
  for (const char* same : {"files_fetched", "chunk_bytes_kept", "searches", "searches_with_hits",
                           "queries", "query_messages", "hits_come_home", "sources_dropped"})
    CHECK(ours[same] == figures(alone)[same]);
  CHECK(ours["files_fetched"] == 2);
  CHECK(ours["entries_committed"] > 100);
}

TEST_CASE("what crashes is whole again on both sides") {
  const Outcome outcome = run("raft_and_flood", R"(
    "nodes": 3, "duration": "30 s", "disk": {"latency": "uniform 5..20 ms"},
    "workload": {"clients": 2, "rate": "20 /s"},
    "setup": {"flood": {"files": [{"name": "song", "size": "4 MiB", "on": ["n1", "n2"]}],
                        "orders": [{"at": "1 s", "node": "n3", "fetch": "song"},
                                   {"at": "20 s", "node": "n3", "fetch": "song"}]}},
    "faults": [{"at": "1240 ms", "crash": {"who": "n3", "torn": true}, "for": "1 s"}],
    "expect": {"linearizable": true, "sometimes": ["resumed", "records_lost", "fetched"]})");
  CHECK(outcome.verdict == RunVerdict::pass);
}

TEST_CASE("a rule of either side that is broken is said") {
  const Outcome stale = run("raft_and_flood", R"(
    "nodes": 3, "duration": "10 s", "config": {"raft": {"sessions": false}},
    "network": {"loss": "1/5"},
    "workload": {"clients": 4, "rate": "60 /s", "keys": 1, "mix": {"append": 1, "get": 1}},
    "expect": {"violates": "linearizability"})");
  CHECK(stale.verdict == RunVerdict::pass);
}

// n1 with a log in which both sides write.
struct Watched {
  Scenario scenario = parse_scenario("test", R"({
    "format": 1, "title": "t", "protocol": "raft_and_flood", "duration": "9 s",
    "setup": {"flood": {"files": [{"name": "song", "size": "100 B", "on": []}]}}})");
  FloodSetup setup = flood_setup(side_of(scenario, "flood"));
  std::string song = content_of(setup.files[0], scenario.seed);
  flood::Manifest manifest = flood::manifest_of(song);
  RaftAndFloodPlan plan{{}, {{}, setup, Graph()}, {}};
  RaftAndFloodWatch watch{scenario, plan};
  RaftAndFlood machine{kv::Replica(NodeId(1), {NodeId(1), NodeId(2), NodeId(3)}, {}, 7),
                       Rogue(flood::Flood(NodeId(1), 3, {}, {}, 7), nullptr)};
  using Alphabet = RaftAndFlood::Alphabet;

  Watched() {
    watch.started(Instant(), NodeId(1), {});
    const raft::Record term{raft::Term(1), NodeId(1), raft::LogIndex{}, {}};
    writes(RaftSide::of_pair({term, term}));
    writes(FloodSide::of_pair({flood::Begun{"song", manifest}}));
  }
  void writes(std::vector<Alphabet::Record> records) {
    stepped(Sampled{}, {Persist<Alphabet::Record>{std::move(records)}});
  }
  void stepped(const Event<Alphabet>& event, const Effects<Alphabet>& effects) {
    watch.stepped(Instant(), NodeId(1), machine, event, effects);
  }
  bool breaks(const char* rule) {
    for (const Violation& violation : watch.violations()) {
      if (violation.rule == rule) return true;
    }
    return false;
  }
  void keeps(const std::string& bytes) {
    writes(FloodSide::of_pair({flood::Kept{id_of(manifest), 0, {.bytes = bytes, .known = {}}}}));
  }
  // Says that it keeps the chunk when so much of the log is down.
  void tells_at(std::uint64_t upto) {
    auto progress = flood::Notice(flood::Progress{id_of(manifest), 1, 1});
    stepped(Persisted{RecordSeq(upto)},
            {FloodSide::of_pair(Effect<flood::Alphabet>(Notify<flood::Notice>{progress}))});
  }
};

TEST_CASE(
    "a chunk that is kept counts when its own record is down, whatever is written beside it") {
  Watched watched;
  watched.keeps(watched.song);
  SUBCASE("it is") {
    watched.tells_at(4);
    CHECK_FALSE(watched.breaks("kept before durable"));
  }
  SUBCASE("it is not, though as many records are") {
    watched.tells_at(3);
    CHECK(watched.breaks("kept before durable"));
  }
}

TEST_CASE("a chunk with other bytes is seen beside Raft") {
  Watched watched;
  watched.keeps(std::string(watched.song.size(), '!'));
  CHECK(watched.breaks("file differs"));
}

}  // namespace
}  // namespace lockstep::sim
