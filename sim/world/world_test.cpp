// What the world promises a machine: messages, timers, disks, crashes and pauses.
#include "sim/world/world.hpp"

#include <doctest/doctest.h>

#include "sim/world/notebook_for_tests.hpp"

namespace lockstep::sim::notebook {
namespace {

TEST_CASE(
    "a crash loses the records that are not durable, exactly those; a restart gets the others") {
  Scenario scenario = two_nodes();
  scenario.faults = {tell(10, 1, "write a"), tell(20, 1, "write b"), tell(25, 1, "write c"),
                     at(34, Crash{{n1}}), at(50, Restart{{n1}})};
  const Told told = play(scenario);
  // a is down at 20 ms, b at 30 ms, and c is on its way until 40 ms.
  CHECK(told.of("n1", "persisted") == Lines{"20 ms n1 persisted 1", "30 ms n1 persisted 2"});
  CHECK(told.of("n1", "started") ==
        Lines{"0 s n1 started []",
              R"(50 ms n1 started [note{key="told" value="a"} note{key="told" value="b"}])"});
  CHECK(seen(told.outcome, "records_lost"));
  CHECK(seen(told.outcome, "crashed"));
  CHECK(seen(told.outcome, "restarted"));
}

TEST_CASE("a crash that finds everything down loses nothing") {
  Scenario scenario = two_nodes();
  scenario.faults = {tell(10, 1, "write a"), at(21, Crash{{n1}})};
  const Told told = play(scenario);
  CHECK_FALSE(seen(told.outcome, "records_lost"));
  CHECK(told.of("n1").back() == "20 ms n1 persisted 1");
}

TEST_CASE("what is written during a sync goes down together with the next one") {
  Scenario scenario = two_nodes();
  scenario.faults = {tell(10, 1, "write a"), tell(12, 1, "write b"), tell(14, 1, "write c")};
  CHECK(play(scenario).of("n1", "persisted") ==
        Lines{"20 ms n1 persisted 1", "30 ms n1 persisted 3"});
}

TEST_CASE("records count from 1 in every incarnation, whatever is on the disk") {
  Scenario scenario = two_nodes();
  scenario.setup = "old";
  scenario.faults = {tell(10, 1, "write a"), at(30, Crash{{n1}}), at(40, Restart{{n1}}),
                     tell(50, 1, "write b")};
  const Told told = play(scenario);
  CHECK(told.of("n1", "started")[0] == R"(0 s n1 started [note{key="setup" value="old"}])");
  CHECK(told.of("n1", "persisted") == Lines{"20 ms n1 persisted 1", "60 ms n1 persisted 1"});
}

TEST_CASE(
    "a node that the scenario leaves down is not started, nor hears anything, until a restart") {
  Scenario scenario = two_nodes();
  scenario.down = {NodeId(2)};
  scenario.faults = {tell(10, 1, "shout"), at(20, Restart{{n2}}), tell(30, 1, "shout")};
  const Told told = play(scenario);
  CHECK(told.of("n2") ==
        Lines{"11 ms n2 drops", "20 ms n2 started []", "31 ms n2 received n1 ping{number=2}"});
}

TEST_CASE("a timer fires at its instant, and no timer of an earlier incarnation ever fires") {
  Scenario scenario = two_nodes();
  scenario.config = R"({"beat_ms": 100})";
  scenario.duration = milliseconds(450);
  scenario.faults = {at(150, Crash{{n1}}), at(160, Restart{{n1}})};
  // The first incarnation's second alarm was due at 200 ms.
  CHECK(play(scenario).of("n1", "timer_fired") == Lines{"100 ms n1 timer_fired beat #1",
                                                        "260 ms n1 timer_fired beat #1",
                                                        "360 ms n1 timer_fired beat #2"});
  CHECK(play(scenario).of("n2", "timer_fired").size() == 4);
}

TEST_CASE("a message of an earlier incarnation still arrives: the network forgets nothing") {
  Scenario scenario = two_nodes();
  scenario.network.latency.low = scenario.network.latency.high = milliseconds(20);
  scenario.faults = {tell(10, 1, "shout"), at(15, Crash{{n1, n2}}), at(20, Restart{{n2}})};
  CHECK(play(scenario).of("n2").back() == "30 ms n2 received n1 ping{number=1}");
}

TEST_CASE("a paused node takes no step, and then takes everything in order") {
  Scenario scenario = two_nodes();
  scenario.config = R"({"beat_ms": 18})";
  scenario.duration = milliseconds(60);
  scenario.down = {NodeId(2)};
  scenario.faults = {at(1, Restart{{n2}}), tell(9, 1, "write a"), at(10, Pause{{n1}}),
                     tell(12, 1, "shout"), tell(14, 2, "shout"),  at(40, Resume{{n1}})};
  const Told told = play(scenario);
  const Lines lines = told.of("n1");
  const auto paused = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("40 ms");
  });
  REQUIRE(lines.end() - paused >= 5);
  CHECK(std::string(paused[-1]).starts_with("9 ms"));
  CHECK(paused[0].starts_with("40 ms n1 requested"));         // 12 ms
  CHECK(paused[1] == "40 ms n1 received n2 ping{number=1}");  // 15 ms
  CHECK(paused[2] == "40 ms n1 timer_fired beat #1");         // 18 ms
  CHECK(paused[3] == "40 ms n1 persisted 1");                 // 19 ms
  CHECK(paused[4] == "40 ms n1 received n2 ping{number=2}");  // 20 ms
  CHECK(told.of("n1", "timer_fired").back() == "58 ms n1 timer_fired beat #2");
  CHECK(seen(told.outcome, "paused"));
}

TEST_CASE("what arrives at the instant of the resume comes after what waited") {
  Scenario scenario = two_nodes();
  scenario.network.latency.low = scenario.network.latency.high = milliseconds(5);
  // The second one was sent before the resume was due, and arrives with it.
  scenario.faults = {at(10, Pause{{n1}}), tell(20, 2, "shout"), tell(35, 2, "shout"),
                     tell(36, 2, "shout"), at(40, Resume{{n1}})};
  CHECK(play(scenario).of("n1", "received") == Lines{"40 ms n1 received n2 ping{number=1}",
                                                     "40 ms n1 received n2 ping{number=2}",
                                                     "41 ms n1 received n2 ping{number=3}"});
  scenario.faults = {at(10, Pause{{n1}}, 30), tell(20, 2, "shout"), tell(35, 2, "shout")};
  CHECK(play(scenario).of("n1", "received") ==
        Lines{"40 ms n1 received n2 ping{number=1}", "40 ms n1 received n2 ping{number=2}"});
}

TEST_CASE("a node that is paused again at the instant of its resume keeps what waits, in order") {
  Scenario scenario = two_nodes();
  scenario.faults = {at(10, Pause{{n1}}),  tell(20, 2, "shout"), tell(25, 2, "shout"),
                     tell(39, 2, "shout"), at(40, Resume{{n1}}), at(40, Pause{{n1}}),
                     tell(50, 2, "shout"), at(60, Resume{{n1}})};
  CHECK(play(scenario).of("n1", "received") ==
        Lines{"60 ms n1 received n2 ping{number=1}", "60 ms n1 received n2 ping{number=2}",
              "60 ms n1 received n2 ping{number=3}", "60 ms n1 received n2 ping{number=4}"});
}

TEST_CASE("what has arrived at a paused node is there, whatever is cut meanwhile") {
  Scenario scenario = two_nodes();
  scenario.faults = {at(10, Pause{{n1}}), tell(20, 2, "shout"), at(30, Isolate{{n1}}),
                     tell(35, 2, "shout"), at(40, Resume{{n1}})};
  CHECK(play(scenario).of("n1", "received") == Lines{"40 ms n1 received n2 ping{number=1}"});
}

TEST_CASE("a paused node that crashes loses what waited, and is not paused when it restarts") {
  Scenario scenario = two_nodes();
  scenario.faults = {tell(5, 1, "write a"), at(10, Pause{{n1}}),   tell(20, 2, "shout"),
                     at(30, Crash{{n1}}),   at(40, Restart{{n1}}), tell(50, 2, "shout"),
                     at(60, Resume{{n1}})};
  const Told told = play(scenario);
  CHECK(told.of("n1").back() == "51 ms n1 received n2 ping{number=2}");
  CHECK(told.of("n1", "started").back() == "40 ms n1 started []");  // its sync never ended
  CHECK(told.of("n1", "drops") == Lines{"30 ms n1 drops"});
  CHECK(told.outcome.figure("messages_lost") == 1);
}

TEST_CASE("a message crosses a cut neither when it leaves nor when it arrives") {
  Scenario scenario = two_nodes();
  scenario.network.latency.low = scenario.network.latency.high = milliseconds(5);
  const auto cut = [](std::int64_t from, std::int64_t until) {
    return at(from, Cut{{n1}, {n2}}, until - from);
  };
  const auto heard = [&](Fault fault) {
    scenario.faults = {tell(10, 1, "shout"), std::move(fault)};
    const Told told = play(scenario);
    CHECK(told.outcome.figure("messages_lost") == (told.of("n2", "received").empty() ? 1 : 0));
    CHECK(seen(told.outcome, "partitioned"));
    const Lines lines = told.of("n2");
    return Lines(lines.begin() + 1, lines.end());
  };
  const Lines arrives{"15 ms n2 received n1 ping{number=1}"};
  CHECK(heard(cut(5, 12)).empty());                      // it never leaves
  CHECK(heard(cut(12, 20)) == Lines{"15 ms n2 drops"});  // it finds the cut
  CHECK(heard(cut(12, 14)) == arrives);                  // the cut was gone
  CHECK(heard(cut(16, 20)) == arrives);
  CHECK(heard(at(5, Cut{{n2}, {n1}})) == arrives);  // the other direction
  CHECK(heard(at(5, Isolate{{n2}, Isolate::Way::in})).empty());
  CHECK(heard(at(5, Isolate{{n2}, Isolate::Way::out})) == arrives);
  CHECK(heard(at(12, Partition{{{n1}, {n2}}})) == Lines{"15 ms n2 drops"});
}

TEST_CASE("what the scenario itself asks of a node crosses no link and is no message") {
  Scenario scenario = two_nodes();
  scenario.faults = {at(1, Isolate{{n1}}), tell(10, 1, "lead"), at(20, Crash{{n2}}),
                     tell(30, 2, "lead")};
  const Told told = play(scenario);
  CHECK(told.of("n1", "requested").size() == 1);
  CHECK(told.of("n2", "drops").empty());
  CHECK(told.outcome.delivered == 0);
  CHECK(told.outcome.figure("messages_lost") == 0);
  CHECK_FALSE(seen(told.outcome, "message_lost"));
}

TEST_CASE(
    "a lying disk says durable at once; a crash before its time loses the record all the same") {
  Scenario scenario = two_nodes();
  scenario.disk.lies = true;
  const auto restarted_after = [&](std::int64_t crash) {
    scenario.faults = {tell(10, 1, "write a"), at(crash, Crash{{n1}}, 50)};
    const Told told = play(scenario);
    CHECK(told.of("n1", "persisted") == Lines{"10 ms n1 persisted 1"});
    return told.of("n1", "started").back();
  };
  CHECK(restarted_after(19) == "69 ms n1 started []");
  CHECK(restarted_after(21) == R"(71 ms n1 started [note{key="told" value="a"}])");
}

TEST_CASE("a slow disk takes the fault's latency for syncs that begin, until the fault ends") {
  Scenario scenario = two_nodes();
  scenario.faults = {tell(18, 1, "write a"),  at(20, SlowDisk{{n1}, milliseconds(50)}, 60),
                     tell(30, 1, "write b"),  tell(75, 1, "write c"),
                     tell(140, 1, "write d"), tell(30, 2, "write e")};
  const Told told = play(scenario);
  CHECK(told.of("n1", "persisted") == Lines{"28 ms n1 persisted 1", "80 ms n1 persisted 2",
                                            "90 ms n1 persisted 3", "150 ms n1 persisted 4"});
  CHECK(told.of("n2", "persisted") == Lines{"40 ms n2 persisted 1"});
}

TEST_CASE("a slow link delays both directions") {
  Scenario scenario = two_nodes();
  scenario.config = R"({"echo": 1})";
  scenario.faults = {at(5, SlowLink{{n1}, {n2}, milliseconds(30)}, 20), tell(10, 1, "shout"),
                     tell(100, 1, "shout")};
  const Told told = play(scenario);
  CHECK(told.of("n2", "received") ==
        Lines{"41 ms n2 received n1 ping{number=1}", "101 ms n2 received n1 ping{number=2}"});
  CHECK(told.of("n1", "received") ==
        Lines{"42 ms n1 received n2 echo{number=1}", "102 ms n1 received n2 echo{number=2}"});
}

// A million bytes a second; what is longer than 1000 bytes travels as a flow.
Scenario with_flows() {
  Scenario scenario = two_nodes();
  scenario.network.bandwidth = 8'000'000;
  scenario.network.bulk_from = 1000;
  scenario.workload.clients = 1;
  scenario.workload.pipeline = 9;
  scenario.workload.operations = 0;
  const auto operation = [](std::int64_t when, const char* verb, std::size_t bytes) {
    return Operation{ms(when), 1, verb, "x", std::string(bytes, 'x'), std::nullopt};
  };
  scenario.workload.script = {operation(100, "put", 50'000), operation(101, "get", 0),
                              operation(110, "put", 2'000), operation(120, "get", 0)};
  return scenario;
}
Lines verbs(const Lines& lines) {
  Lines found;
  for (const std::string& line : lines)
    found.push_back(line.substr(0, 3) + (line.find("put{") != std::string::npos ? " put" : " get"));
  return found;
}

TEST_CASE("a flow takes the time of its bytes; small messages overtake it, unless fifo") {
  Scenario scenario = with_flows();
  CHECK(verbs(play(scenario).of("n1", "requested")) ==
        Lines{"102 get", "113 put", "121 get", "151 put"});
  scenario.network.fifo = true;
  CHECK(verbs(play(scenario).of("n1", "requested")) ==
        Lines{"151 put", "151 get", "151 put", "151 get"});
  // The order holds where the receiver is paused, and where the first one is lost on arrival.
  scenario.faults = {at(105, Pause{{n1}}, 100)};
  CHECK(verbs(play(scenario).of("n1", "requested")) ==
        Lines{"205 put", "205 get", "205 put", "205 get"});
  scenario.faults = {at(105, Crash{{n1}}, 100)};
  const Told crashed = play(scenario);
  CHECK(crashed.of("n1", "requested").empty());
  CHECK(crashed.of("n1", "drops").size() == 4);
}

TEST_CASE("fifo: what one endpoint sends another one arrives in order, doubled or not") {
  Scenario scenario = two_nodes();
  scenario.duration = seconds(2);
  scenario.config = R"({"beat_ms": 1})";
  scenario.network.fifo = true;
  scenario.network.latency = {Latency::Shape::exponential, milliseconds(20), Duration(0), 0};
  scenario.network.duplicate = scenario.network.loss = {1, 10};
  scenario.faults = {at(500, Pause{{n1}}, 100), at(900, Isolate{{n1}}, 100),
                     at(1200, Pause{{n1, n2}}, 50)};
  const Told told = play(scenario);
  for (const char* who : {"n1", "n2"}) {
    std::uint64_t last = 0;
    int heard = 0;
    for (const std::string& line : told.of(who, "received")) {
      const auto number = std::stoull(line.substr(line.find("number=") + 7));
      REQUIRE(number >= last);
      last = number;
      ++heard;
    }
    CHECK(heard > 1000);
  }
}

TEST_CASE("loss and duplication are counted, seen and traced; each copy arrives") {
  Scenario scenario = two_nodes();
  scenario.faults = {tell(10, 1, "shout")};
  scenario.network.duplicate = {1, 1};
  const Told doubled = play(scenario);
  CHECK(doubled.of("n2", "received") == Lines(2, "11 ms n2 received n1 ping{number=1}"));
  CHECK(doubled.outcome.figure("messages_duplicated") == 1);
  CHECK(seen(doubled.outcome, "message_duplicated"));
  CHECK(doubled.outcome.delivered == 2);

  scenario.network.loss = {1, 1};
  const Told lost = play(scenario);
  CHECK(lost.of("n2", "received").empty());
  CHECK(lost.outcome.figure("messages_sent") == 1);
  CHECK(lost.outcome.figure("messages_lost") == 1);
  CHECK(seen(lost.outcome, "message_lost"));
}

TEST_CASE("a trace names every message where it leaves and where it arrives") {
  Scenario scenario = two_nodes();
  scenario.faults = {tell(10, 1, "shout"), at(20, Cut{{n1}, {n2}}), tell(30, 1, "shout")};
  const Told told = play(scenario);
  std::vector<TracedSend> sent;
  std::vector<std::uint64_t> received;
  for (const TraceLine& line : told.trace) {
    const auto* step = std::get_if<TracedStep>(&line);
    if (step == nullptr) continue;
    sent.insert(sent.end(), step->sent.begin(), step->sent.end());
    if (step->event == "received") received.push_back(step->message);
  }
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].name == "ping");
  CHECK(sent[0].to == NodeId(2));
  CHECK(sent[0].arrives == ms(11));
  CHECK(sent[0].lost.empty());
  CHECK(received == std::vector<std::uint64_t>{sent[0].id});
  CHECK_FALSE(sent[1].arrives.has_value());
  CHECK(sent[1].lost == "cut");
  CHECK(sent[1].id != sent[0].id);
}

}  // namespace
}  // namespace lockstep::sim::notebook
