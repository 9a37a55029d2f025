// Clocks that jump and drift: what machines are told, and when their alarms ring.
#include <doctest/doctest.h>

#include "sim/world/notebook_for_tests.hpp"

namespace lockstep::sim::notebook {
namespace {

ClockFault jump(std::int64_t ms) { return {{n1}, milliseconds(ms), std::nullopt}; }
ClockFault drift(std::int32_t ppm) { return {{n1}, Duration(0), ppm}; }

// When n1, which beats every 100 ms of its own time, does so.
Lines beats(std::vector<Fault> faults) {
  Scenario scenario = two_nodes();
  scenario.duration = milliseconds(460);
  scenario.config = R"({"beat_ms": 100})";
  scenario.faults = std::move(faults);
  const Told told = play(scenario);
  Lines lines;
  for (const std::string& line : told.of("n1", "timer_fired"))
    lines.push_back(line.substr(0, line.find(" n1")));
  CHECK(told.of("n2", "timer_fired").size() == 4);
  return lines;
}

TEST_CASE("a jump ahead lets alarms ring that are due by the clock") {
  CHECK(beats({at(150, jump(30))}) == Lines{"100 ms", "170 ms", "270 ms", "370 ms"});
  CHECK(beats({at(150, jump(500))}) == Lines{"100 ms", "150 ms", "250 ms", "350 ms", "450 ms"});
}

TEST_CASE("after a jump back time stands still for the machine, and its alarms wait") {
  CHECK(beats({at(150, jump(-30))}) == Lines{"100 ms", "230 ms", "330 ms", "430 ms"});
  CHECK(beats({at(150, jump(-1000))}) == Lines{"100 ms"});
}

TEST_CASE("a fast clock rings early, a slow one late, until the drift ends") {
  CHECK(beats({at(0, drift(250'000))}) == Lines{"80 ms", "160 ms", "240 ms", "320 ms", "400 ms"});
  CHECK(beats({at(0, drift(-500'000))}) == Lines{"200 ms", "400 ms"});
  CHECK(beats({at(0, drift(-500'000), 300)}) == Lines{"200 ms", "350 ms", "450 ms"});
}

TEST_CASE("the end of a drift that was struck anew does not end the later one") {
  CHECK(beats({at(0, drift(250'000), 200), at(160, drift(-500'000))}) ==
        Lines{"80 ms", "160 ms", "360 ms"});
}

TEST_CASE("what a machine is told never goes back, whatever its clock does") {
  Scenario scenario = two_nodes();
  scenario.config = R"({"beat_ms": 7})";  // the notebook fails a check where time goes back
  for (std::int64_t when = 20; when < 900; when += 13) {
    scenario.faults.push_back(at(when, jump(when % 2 == 0 ? 40 : -40)));
    scenario.faults.push_back(at(when + 5, drift(static_cast<std::int32_t>(when * 300 - 150'000))));
  }
  scenario.faults.push_back(at(400, Crash{{n1}}, 20));
  const Told told = play(scenario);
  CHECK(told.outcome.verdict == RunVerdict::pass);
  CHECK(told.of("n1", "timer_fired").size() > 50);
  CHECK(seen(told.outcome, "clock_jumped"));
  CHECK(seen(told.outcome, "clock_drifted"));
}

TEST_CASE("a restarted machine goes by the clock its node has") {
  CHECK(beats({at(50, jump(-30)), at(60, Crash{{n1}}, 10)}) == Lines{"170 ms", "270 ms", "370 ms"});
}

TEST_CASE("traces and checks go by the world's time") {
  const Told told = play([] {
    Scenario scenario = two_nodes();
    scenario.faults = {at(10, jump(5000)), tell(20, 1, "write a")};
    return scenario;
  }());
  CHECK(told.of("n1", "persisted") == Lines{"30 ms n1 persisted 1"});
  CHECK(told.of("fault", "clock") == Lines{"10 ms fault clock clock of n1 jumps ahead by 5 s"});
}

}  // namespace
}  // namespace lockstep::sim::notebook
