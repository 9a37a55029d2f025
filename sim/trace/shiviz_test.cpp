#include "sim/trace/shiviz.hpp"

#include <doctest/doctest.h>

#include <string>

namespace lockstep::sim {
namespace {

const std::string header = "(?<host>\\S*) (?<clock>{.*})\\n(?<time>\\S*) (?<event>.*)\n\n";

TracedStep step(std::int64_t ns, std::uint32_t node, std::string text) {
  TracedStep made;
  made.at = Instant(ns);
  made.node = NodeId{node};
  made.text = std::move(text);
  return made;
}

std::vector<TraceLine> ping_pong() {
  TracedStep ping = step(1, 1, "ping");
  ping.sent = {{1, NodeId{2}, "ping", Instant(5), ""},
               {2, NodeId{3}, "ping", std::nullopt, "loss"}};
  TracedStep other = step(2, 3, "alone");
  TracedStep pong = step(5, 2, "got ping");
  pong.message = 1;
  pong.sent = {{3, NodeId{1}, "pong", Instant(1'500'000'009), ""}};
  TracedStep end = step(1'500'000'009, 1, "got pong\nand left");
  end.message = 3;
  return {ping, other, pong, end};
}

TEST_CASE("vector clocks follow the messages") {
  CHECK(to_shiviz(ping_pong()) == header +
                                      "n1 {\"n1\":1}\n0.000000001s ping\n"
                                      "n3 {\"n3\":1}\n0.000000002s alone\n"
                                      "n2 {\"n1\":1,\"n2\":1}\n0.000000005s got ping\n"
                                      "n1 {\"n1\":2,\"n2\":1}\n1.500000009s got pong and left\n");
}

TEST_CASE("a flow, whose arrival nobody knows when it leaves, carries its sender's clock") {
  std::vector<TraceLine> lines = ping_pong();
  std::get<TracedStep>(lines[0]).sent[0].arrives.reset();
  CHECK(to_shiviz(lines) == to_shiviz(ping_pong()));
}

TEST_CASE("a client is a host, a fault an event of the scenario, a dropped message no edge") {
  TracedStep ask = step(1, client_base + 1, "ask");
  ask.sent = {{1, NodeId{1}, "request", Instant(3), ""}};
  const TracedFault crash{Instant(2), "crash", "crash n1", {NodeId{1}}, {}};
  const TracedDrop drop{Instant(3), NodeId{1}, 1};
  TracedStep back = step(4, 1, "started");
  back.message = 1;  // an id that no longer travels changes no clock
  CHECK(to_shiviz({ask, crash, drop, back}) == header +
                                                   "c1 {\"c1\":1}\n0.000000001s ask\n"
                                                   "scenario {\"scenario\":1}\n"
                                                   "0.000000002s crash n1\n"
                                                   "n1 {\"n1\":1}\n0.000000004s started\n");
}

TEST_CASE("the export is a prefix and says what it leaves out") {
  ShivizLimits limits;
  limits.max_events = 2;
  CHECK(to_shiviz(ping_pong(), limits) ==
        header +
            "n1 {\"n1\":1}\n0.000000001s ping\n"
            "n3 {\"n3\":1}\n0.000000002s alone\n"
            "scenario {\"scenario\":1}\n"
            "0.000000002s the export stops here: 2 later events are left out\n");
}

TEST_CASE("a step that the trace left out ends the export") {
  TracedStep first = step(1, 1, "first");
  first.number = 1;
  TracedStep third = step(2, 2, "third");
  third.number = 3;
  CHECK(to_shiviz({first, third}) ==
        header +
            "n1 {\"n1\":1}\n0.000000001s first\n"
            "scenario {\"scenario\":1}\n"
            "0.000000001s the export stops here: 1 later events are left out\n");
}

TEST_CASE("an empty trace is the header alone") { CHECK(to_shiviz({}) == header); }

}  // namespace
}  // namespace lockstep::sim
