// Disks that fail: what is lost, what is found out, and who stops.
#include <doctest/doctest.h>

#include "sim/world/notebook_for_tests.hpp"

namespace lockstep::sim::notebook {
namespace {

using Kind = DiskFault::Kind;

TEST_CASE("a flipped bit is found at the next start: the node refuses, each time, and says why") {
  const Told told = play(
      with({tell(10, 1, "write a"), tell(30, 1, "write b"), at(50, DiskFault{{n1}, Kind::flip}),
            tell(60, 1, "write c"), at(100, Crash{{n1}}, 50), at(200, Restart{{n1}})}));
  CHECK(told.of("n1", "started") == Lines{"0 s n1 started []"});
  CHECK(told.of("n1").back() == "70 ms n1 persisted 3");  // while it runs it does not notice
  const Lines refused = told.of("fault", "refuses");
  REQUIRE(refused.size() == 2);
  CHECK(refused[0].starts_with("150 ms fault refused n1 refuses to start: damaged at offset "));
  CHECK(refused[1].starts_with("200 ms fault refused n1 refuses to start: damaged at offset "));
  CHECK(seen(told.outcome, "bit_flipped"));
  CHECK(seen(told.outcome, "start_refused"));
}

TEST_CASE("where nothing is durable nothing flips, and the trace says so") {
  const Told told = play(with({at(50, DiskFault{{n1}, Kind::flip}), at(100, Crash{{n1}}, 50)}));
  CHECK(told.of("fault", "skipped") ==
        Lines{"50 ms fault skipped nothing on the disk of n1 to damage yet"});
  CHECK(told.of("n1", "started").size() == 2);
  CHECK_FALSE(seen(told.outcome, "bit_flipped"));
}

TEST_CASE("a wipe, and nothing less, lets a node with a damaged disk start again") {
  const Told told = play(
      with({tell(10, 1, "write a"), tell(30, 1, "write b"), at(50, DiskFault{{n1}, Kind::flip}),
            at(60, Heal{}), at(100, Crash{{n1}}, 50), at(200, Wipe{{n1}}, 50)}));
  CHECK(told.of("fault", "refuses").size() == 1);
  CHECK(told.of("n1", "started") == Lines{"0 s n1 started []", "250 ms n1 started []"});
}

TEST_CASE("a write that lands elsewhere is acknowledged, and found at the next start") {
  const Told told = play(with({tell(10, 1, "write a"), at(50, DiskFault{{n1}, Kind::misdirect}),
                               tell(60, 1, "write b"), at(100, Crash{{n1}}, 50)}));
  CHECK(told.of("n1", "persisted") == Lines{"20 ms n1 persisted 1", "70 ms n1 persisted 2"});
  CHECK(told.of("fault", "refuses").size() == 1);
  CHECK(seen(told.outcome, "misdirected"));
}

TEST_CASE("the first write has nowhere else to land: the one after it does") {
  const Told told =
      play(with({at(5, DiskFault{{n1}, Kind::misdirect}), tell(10, 1, "write a"),
                 at(50, Crash{{n1}}, 10), tell(70, 1, "write b"), at(100, Crash{{n1}}, 50)}));
  CHECK(told.of("n1", "started").size() == 2);
  CHECK(told.of("fault", "refuses").size() == 1);
}

TEST_CASE("a failed sync ends the node when it ends; what it wrote may be there or not") {
  std::size_t kept = 0, cut = 0;
  Scenario scenario = with({tell(10, 1, "write a"), at(50, DiskFault{{n1}, Kind::fail_sync}, 100),
                            tell(60, 1, "write b")});
  for (scenario.seed = 1; scenario.seed <= 40; ++scenario.seed) {
    const Told told = play(scenario);
    CHECK(told.of("n1", "persisted") == Lines{"20 ms n1 persisted 1"});
    CHECK(told.of("fault", "crash") == Lines{"70 ms fault crash crashed n1"});
    const Lines started = told.of("n1", "started");
    REQUIRE(started.size() == 2);
    CHECK(started[1].starts_with("170 ms n1 started [note{key=\"told\" value=\"a\"}"));
    kept += started[1].find("value=\"b\"") != std::string::npos;
    cut += seen(told.outcome, "torn_tail");
    CHECK(seen(told.outcome, "sync_failed"));
  }
  CHECK(kept > 0);
  CHECK(cut > 0);
  CHECK(kept + cut <= 40);
}

TEST_CASE("without an end a failed sync is for good, until somebody restarts the node") {
  std::vector<Fault> faults{at(50, DiskFault{{n1}, Kind::fail_sync}), tell(60, 1, "write b")};
  CHECK(play(with(faults)).of("n1", "started").size() == 1);
  faults.push_back(at(500, Restart{{n1}}));
  faults.push_back(tell(600, 1, "write c"));
  const Told told = play(with(faults));
  CHECK(told.of("n1", "started").size() == 2);
  CHECK(told.of("n1", "persisted") == Lines{"610 ms n1 persisted 1"});
}

TEST_CASE("a crash that tears leaves a part of the write that was under way") {
  std::size_t kept = 0, torn = 0;
  Scenario scenario =
      with({tell(10, 1, "write a"), tell(30, 1, "write b"), at(35, Crash{{n1}, 0, true}, 15)});
  for (scenario.seed = 1; scenario.seed <= 40; ++scenario.seed) {
    const Told told = play(scenario);
    const Lines started = told.of("n1", "started");
    REQUIRE(started.size() == 2);
    kept += started[1].find("value=\"b\"") != std::string::npos;
    torn += seen(told.outcome, "torn_tail");
  }
  CHECK(kept > 0);
  CHECK(torn > 5);
}

TEST_CASE("while a disk stalls no sync ends; then what waited goes down, and all behind it") {
  const std::vector<Fault> writes{tell(60, 1, "write a"), tell(80, 1, "write b")};
  std::vector<Fault> faults = writes;
  faults.push_back(at(50, DiskFault{{n1}, Kind::stall}, 100));
  const Told told = play(with(faults));
  CHECK(told.of("n1", "persisted") == Lines{"150 ms n1 persisted 1", "160 ms n1 persisted 2"});
  CHECK(seen(told.outcome, "disk_stalled"));
  faults = writes;
  faults.push_back(at(50, DiskFault{{n1}, Kind::stall}));
  faults.push_back(at(200, Heal{}));
  CHECK(play(with(faults)).of("n1", "persisted").front() == "200 ms n1 persisted 1");
  faults.push_back(at(150, Crash{{n1}}, 10));
  const Told crashed = play(with(faults));
  CHECK(crashed.of("n1", "persisted").empty());
  CHECK(crashed.of("n1", "started").back() == "160 ms n1 started []");
}

TEST_CASE("a node whose disk is full turns away what its protocol says needs room, and goes on") {
  Scenario scenario =
      with({at(50, DiskFault{{n1}, Kind::full}, 100), tell(100, 1, "lead"), tell(110, 2, "shout")});
  scenario.workload.clients = 1;
  scenario.workload.operations = 0;
  const auto put = [](std::int64_t when, const char* value) {
    return Operation{ms(when), 1, "put", "k", value, std::nullopt};
  };
  scenario.workload.script = {put(60, "a"), put(200, "b"), {ms(120), 1, "get", "k", "", {}}};
  const Told told = play(scenario);
  CHECK(told.of("n1", "persisted") == Lines{"211 ms n1 persisted 1"});
  CHECK(told.of("n1", "get").size() == 1);
  CHECK(told.of("n1", "lead").size() == 1);
  CHECK(told.of("n1", "ping").size() == 1);
  CHECK(seen(told.outcome, "disk_full"));
}

TEST_CASE("heal ends what is yet to come of a disk fault, and no damage") {
  const Told told =
      play(with({tell(10, 1, "write a"), at(50, DiskFault{{n1}, Kind::misdirect}),
                 at(51, DiskFault{{n1}, Kind::fail_sync}), at(52, DiskFault{{n1}, Kind::full}),
                 at(55, Heal{}), tell(60, 1, "write b"), at(100, Crash{{n1}}, 50)}));
  CHECK(told.of("n1", "persisted").size() == 2);
  CHECK(told.of("n1", "started").size() == 2);
}

}  // namespace
}  // namespace lockstep::sim::notebook
