// Nodes in an adversary's hands, second copies of nodes, and the budget of faults.
#include <doctest/doctest.h>

#include "sim/world/notebook_for_tests.hpp"

namespace lockstep::sim::notebook {
namespace {

Treason treason(Treason::Kind kind) {
  Treason treason;
  treason.kind = kind;
  return treason;
}
Lines received(const Told& told, const std::string& who) {
  Lines lines;
  for (const std::string& line : told.of(who, "received"))
    lines.push_back(line.substr(line.find("received") + 9));
  return lines;
}

TEST_CASE("a traitor's messages are changed on their way to some, until it is in nobody's hands") {
  Treason lie = treason(Treason::Kind::lie);
  lie.field = "number";
  lie.amount = 100;
  lie.to = {NodeId(3)};
  const Told told = play(with({at(50, Traitor{{n1}, {lie}}, 100), tell(10, 1, "shout"),
                               tell(60, 1, "shout"), tell(70, 2, "shout"), tell(200, 1, "shout")},
                              3));
  CHECK(received(told, "n2") ==
        Lines{"n1 ping{number=1}", "n1 ping{number=2}", "n1 ping{number=3}"});
  CHECK(received(told, "n3") == Lines{"n1 ping{number=1}", "n1 ping{number=102}",
                                      "n2 ping{number=1}", "n1 ping{number=3}"});
  CHECK(seen(told.outcome, "lied"));
  CHECK_FALSE(seen(told.outcome, "equivocated"));
}

TEST_CASE("a forged message crosses the traitor's own links, whomever it names") {
  Treason forge = treason(Treason::Kind::forge);
  forge.sender = NodeId(3);
  const std::vector<Fault> faults{at(0, Traitor{{n1}, {forge}}), tell(10, 1, "shout")};
  CHECK(received(play(with(faults, 3)), "n2") == Lines{"n3 ping{number=1}"});
  std::vector<Fault> cut = faults;
  cut.push_back(at(0, Cut{{n3}, {n2}}));
  CHECK(received(play(with(cut, 3)), "n2").size() == 1);
  cut.back() = at(0, Cut{{n1}, {n2}});
  CHECK(received(play(with(cut, 3)), "n2").empty());
}

TEST_CASE("a traitor stays one through a crash") {
  const Told told = play(with({at(0, Traitor{{n1}, {treason(Treason::Kind::silent)}}),
                               at(10, Crash{{n1}}, 10), tell(50, 1, "shout")}));
  CHECK(received(told, "n2").empty());
  CHECK(seen(told.outcome, "kept_silent"));
  CHECK(told.outcome.figure("messages_sent") == 0);
}

TEST_CASE("an honest run draws nothing from an adversary's chance") {
  Treason silent = treason(Treason::Kind::silent);
  silent.to = {NodeId(2)};
  silent.message = "echo";
  Scenario scenario = with({tell(10, 1, "shout")});
  scenario.network.latency = {Latency::Shape::uniform, milliseconds(1), milliseconds(9), 0};
  const Lines honest = play(scenario).of("n2");
  scenario.faults.push_back(at(0, Traitor{{n1}, {silent}}));
  CHECK(play(scenario).of("n2") == honest);
}

TEST_CASE("twins start from one disk, hear everything and both send under one name") {
  Scenario scenario = with({tell(10, 1, "write a"), at(50, Twins{{n1}, {}}, 100),
                            tell(60, 2, "shout"), tell(200, 2, "shout")});
  scenario.config = R"({"echo": 1})";
  const Told told = play(scenario);
  CHECK(told.of("n1", "started") ==
        Lines{"0 s n1 started []", R"(50 ms n1 started [note{key="told" value="a"}])"});
  CHECK(received(told, "n1") ==
        Lines{"n2 ping{number=1}", "n2 ping{number=1}", "n2 ping{number=2}"});
  CHECK(received(told, "n2").size() == 3);
  CHECK(seen(told.outcome, "twins"));
}

TEST_CASE("the second of two talks to whom it is given, the first to all others") {
  Scenario scenario =
      with({at(5, Twins{{n1}, {n3}}), tell(10, 2, "shout"), tell(20, 3, "shout")}, 3);
  scenario.config = R"({"echo": 1, "beat_ms": 400})";
  const Told told = play(scenario);
  // n1's copies each shout at their beat: the first to n2, the second to n3.
  std::size_t to_n2 = 0, to_n3 = 0;
  for (const std::string& line : received(told, "n2")) to_n2 += line.starts_with("n1 ping");
  for (const std::string& line : received(told, "n3")) to_n3 += line.starts_with("n1 ping");
  CHECK(to_n2 == 2);
  CHECK(to_n3 == 2);
  std::size_t first = 0, second = 0;
  for (const TraceLine& line : told.trace) {
    const auto* step = std::get_if<TracedStep>(&line);
    if (step == nullptr || step->node != NodeId(1) || step->event != "received") continue;
    if (step->state.starts_with("second copy: ")) {
      CHECK(step->from == NodeId(3));
      ++second;
    } else {
      CHECK(step->from == NodeId(2));
      ++first;
    }
  }
  CHECK(first > 0);
  CHECK(second > 0);
}

TEST_CASE("faults hit the first of two; rules look at it alone") {
  const Told told = play(with({at(5, Twins{{n1}, {}}), at(50, Crash{{n1}}), tell(60, 2, "shout"),
                               tell(70, 1, "write 42")}));
  CHECK(received(told, "n1") == Lines{"n2 ping{number=1}"});  // the second copy
  CHECK(told.outcome.verdict == RunVerdict::pass);
}

TEST_CASE("clients ask both of two, and take whichever answer comes first") {
  Scenario scenario = with({at(5, Twins{{n1}, {}})});
  scenario.workload.clients = 1;
  scenario.workload.operations = 0;
  scenario.workload.script = {{ms(60), 1, "put", "k", "a", {}}};
  const Told told = play(scenario);
  CHECK(told.of("n1", "requested").size() == 2);
  CHECK(told.of("n1", "persisted").size() == 2);
  CHECK(told.outcome.history.front().outcome == HistoryOperation::Outcome::ok);
}

// Of five nodes.
Lines struck(std::vector<Fault> faults, const std::string& word = "") {
  Scenario scenario = with(std::move(faults), 5);
  scenario.spare_majority = true;
  return play(scenario).of("fault", word);
}

TEST_CASE("a budget skips the strike that would leave no majority, as a whole, and says so") {
  CHECK(struck({at(100, Crash{{n1, n2}}, 50)}, "crash") ==
        Lines{"100 ms fault crash crashed n1 n2"});
  CHECK(struck({at(100, Crash{{n1, n2, n3}}, 50)}) ==
        Lines{"100 ms fault skipped crash of n1 n2 n3 would leave no majority"});
  CHECK(struck({at(100, Crash{{n1, n2}}, 50), at(120, Crash{{n3}}), at(200, Crash{{n3}})},
               "skipped") == Lines{"120 ms fault skipped crash of n3 would leave no majority"});
  Scenario scenario = with({at(100, Crash{{n1, n2, n3}}, 50)}, 5);
  CHECK(play(scenario).of("fault", "skipped").empty());
}

TEST_CASE("a budget counts who is damaged, about to end, wiped, a traitor or two") {
  const Fault last = at(500, Crash{{n3}});
  const auto skips = [&](std::vector<Fault> faults) {
    faults.push_back(last);
    return !struck(faults, "crash of n3").empty();
  };
  const auto write = [](std::int64_t when) { return tell(when, 1, "write a"); };
  const Fault down = at(10, Crash{{n2}});
  CHECK_FALSE(skips({down}));
  CHECK(skips({down, write(20), write(50), at(80, DiskFault{{n1}, DiskFault::Kind::flip})}));
  CHECK(skips({down, at(80, DiskFault{{n1}, DiskFault::Kind::misdirect})}));
  CHECK(skips({down, at(80, DiskFault{{n1}, DiskFault::Kind::fail_sync})}));
  CHECK(skips({down, at(80, Wipe{{n1}}, 10)}));
  CHECK(skips({down, at(80, Traitor{{n1}, {treason(Treason::Kind::silent)}})}));
  CHECK(skips({down, at(80, Twins{{n1}, {}})}));
  CHECK_FALSE(skips({down, at(80, Twins{{n1}, {}}, 10)}));
  CHECK_FALSE(skips({down, at(80, Pause{{n1}}), at(80, Isolate{{n1}}),
                     at(80, DiskFault{{n1}, DiskFault::Kind::stall}),
                     at(80, DiskFault{{n1}, DiskFault::Kind::full})}));
  CHECK_FALSE(skips({down, at(80, Crash{{n1}}, 10)}));
}

}  // namespace
}  // namespace lockstep::sim::notebook
