// How faults end: each on its own, and none that was undone before or struck anew.
#include <doctest/doctest.h>

#include "sim/world/notebook_for_tests.hpp"

namespace lockstep::sim::notebook {
namespace {

// Whether n2 hears n1's shout at each of these instants.
std::string heard_at(Scenario scenario, const std::vector<std::int64_t>& instants) {
  std::string text;
  for (const auto when : instants) {
    Scenario one = scenario;
    one.faults.push_back(tell(when, 1, "shout"));
    text += play(one).of("n2", "received").empty() ? '-' : 'x';
  }
  return text;
}

TEST_CASE("cuts of every kind heal when their time is over") {
  for (const FaultAction& action :
       {FaultAction(Partition{{{n1}, {n2}}}), FaultAction(Cut{{n1}, {n2}}),
        FaultAction(Isolate{{n1}}), FaultAction(Isolate{{n2}, Isolate::Way::in})}) {
    CHECK(heard_at(with({at(100, action, 50)}), {90, 120, 140, 160}) == "x--x");
  }
}

TEST_CASE("cuts that overlap end on their own") {
  CHECK(heard_at(with({at(100, Isolate{{n1}}, 100), at(150, Cut{{n1}, {n2}}, 100)}),
                 {90, 120, 180, 220, 260}) == "x---x");
}

TEST_CASE("a heal undoes all cuts; the end of one that was healed is no harm to a later one") {
  const std::vector<Fault> faults{at(100, Isolate{{n1}}, 200), at(150, Heal{}),
                                  at(200, Isolate{{n1}})};
  CHECK(heard_at(with(faults), {120, 180, 250, 350, 900}) == "-x---");
}

TEST_CASE("the end of a fault that is undone already is told nobody, and disturbs nothing") {
  Scenario scenario = with({at(100, Isolate{{n1}}, 800), at(150, Heal{}),
                            at(200, SlowDisk{{n1}, milliseconds(5)}, 700), at(250, Heal{}),
                            at(300, Pause{{n1}}, 600), at(350, Resume{{n1}}),
                            at(400, Crash{{n1}}, 500), at(450, Restart{{n1}})});
  scenario.faults.insert(scenario.faults.end(), {tell(500, 1, "write a"), tell(500, 2, "write a")});
  scenario.expect.recovers_within = milliseconds(50);
  const Told told = play(scenario);
  for (const std::string& line : told.of("fault")) CHECK_FALSE(line.starts_with("900 ms"));
  CHECK(told.outcome.verdict == RunVerdict::pass);
  CHECK(told.outcome.figure("recovery_ms") == 10);  // from the tell, which is a fault
}

TEST_CASE("what crashed restarts when the fault ends, with what was durable") {
  const Told told =
      play(with({tell(10, 1, "write a"), at(50, Crash{{n1}}, 50), tell(60, 2, "shout")}));
  CHECK(told.of("n1") == Lines{told.of("n1")[0], told.of("n1")[1], "20 ms n1 persisted 1",
                               "61 ms n1 drops",
                               R"(100 ms n1 started [note{key="told" value="a"}])"});
  CHECK(told.of("fault", "crash") == Lines{"50 ms fault crash crashed n1"});
  CHECK(told.of("fault", "restart") == Lines{"100 ms fault restart restarted n1"});
}

TEST_CASE("the end of a crash restarts only whom that crash hit") {
  Scenario scenario = with({at(50, Crash{{n2}}), at(100, Crash{{n1, n2}}, 50)});
  const Told told = play(scenario);
  CHECK(told.of("fault") == Lines{"50 ms fault crash crashed n2", "100 ms fault crash crashed n1",
                                  "150 ms fault restart restarted n1"});
}

TEST_CASE("the end of a crash that was restarted before does not restart a later one") {
  const Told told = play(with({at(100, Crash{{n1}}, 200), at(150, Restart{{n1}}),
                               at(200, Crash{{n1}}), at(500, Restart{{n1}})}));
  CHECK(told.of("n1", "started") ==
        Lines{"0 s n1 started []", "150 ms n1 started []", "500 ms n1 started []"});
}

TEST_CASE("a restart of who is up, and a crash of who is down, change nothing") {
  const Told told = play(with({at(10, Restart{{n1}}), at(20, Crash{{n2}}), at(30, Crash{{n2}})}));
  CHECK(told.of("n1").size() == 1);
  CHECK(told.of("fault", "crashed n2").size() == 1);
  CHECK(told.of("fault", "restart").empty());
}

TEST_CASE("a pause ends with its fault; one that was resumed before does not end a later one") {
  const Told once = play(with({at(100, Pause{{n1}}, 50), tell(120, 1, "lead")}));
  CHECK(once.of("n1").back().starts_with("150 ms n1 requested"));
  CHECK(once.of("fault", "resume") == Lines{"150 ms fault resume resumed n1"});
  const Told again =
      play(with({at(100, Pause{{n1}}, 200), at(150, Resume{{n1}}), at(200, Pause{{n1}}),
                 tell(250, 1, "lead"), at(500, Resume{{n1}})}));
  CHECK(again.of("n1").back().starts_with("500 ms n1 requested"));
}

TEST_CASE("of two pauses or crashes of one node that overlap, the later one counts") {
  const Told paused =
      play(with({at(100, Pause{{n1}}, 100), at(150, Pause{{n1}}, 150), tell(160, 1, "lead")}));
  CHECK(paused.of("n1").back().starts_with("300 ms n1 requested"));
  const Told crashed = play(with({at(100, Pause{{n1}}, 400), at(200, Crash{{n1}}, 100),
                                  at(350, Pause{{n1}}, 300), tell(360, 1, "lead")}));
  CHECK(crashed.of("n1", "started").back() == "300 ms n1 started []");
  CHECK(crashed.of("n1").back().starts_with("650 ms n1 requested"));
}

TEST_CASE("a pause hits the live only") {
  const Told told = play(with({at(50, Crash{{n1}}), at(100, Pause{{n1, n2}}, 50),
                               at(120, Restart{{n1}}), tell(130, 1, "lead")}));
  CHECK(told.of("n1").back().starts_with("130 ms n1 requested"));
  CHECK(told.of("fault", "pause") == Lines{"100 ms fault pause paused n2"});
  CHECK(told.of("fault", "resume") == Lines{"150 ms fault resume resumed n2"});
}

TEST_CASE("a slow disk that was healed does not end a later one's slowness") {
  const Told told = play(with({at(100, SlowDisk{{n1}, milliseconds(20)}, 200), at(150, Heal{}),
                               tell(160, 1, "write a"), at(200, SlowDisk{{n1}, milliseconds(40)}),
                               tell(250, 1, "write b"), tell(350, 1, "write c")}));
  CHECK(told.of("n1", "persisted") ==
        Lines{"170 ms n1 persisted 1", "290 ms n1 persisted 2", "390 ms n1 persisted 3"});
}

TEST_CASE("a heal calms the network; it neither restarts nor resumes") {
  Scenario scenario =
      with({at(100, Crash{{n1}}), at(100, Pause{{n2}}), at(200, Heal{}), tell(300, 2, "lead")});
  scenario.network.loss = {1, 1};
  const Told told = play(scenario);
  CHECK(told.of("n1").size() == 1);
  CHECK(told.of("n2").size() == 1);
  scenario.faults = {};
  CHECK(heard_at(scenario, {100, 300}) == "--");
  scenario.faults = {at(200, Heal{})};
  CHECK(heard_at(scenario, {100, 300}) == "-x");
}

TEST_CASE("a fault with nobody to hit is skipped, and says so") {
  const Told told = play(with({at(100, Crash{{Target{Target::Kind::leader, nobody}}}, 10)}));
  CHECK(told.of("fault") == Lines{"100 ms fault skipped no leader to hit at this instant"});
  const Told led =
      play(with({tell(50, 2, "lead"), at(100, Crash{{Target{Target::Kind::leader, nobody}}}, 10)}));
  CHECK(led.of("fault", "crash") == Lines{"100 ms fault crash crashed n2"});
}

TEST_CASE("a fault that repeats strikes and ends each time") {
  Fault crash = at(200, Crash{{n1}}, 50);
  crash.when = Fault::When::every;
  crash.period = milliseconds(300);
  crash.until = ms(1000);
  CHECK(play(with({crash})).of("n1") == Lines{"0 s n1 started []", "250 ms n1 started []",
                                              "550 ms n1 started []", "850 ms n1 started []"});
}

TEST_CASE("a wiped disk is empty at the restart, whether its node was up or down") {
  for (const bool crashed : {false, true}) {
    std::vector<Fault> faults{tell(10, 1, "write a"), at(50, Wipe{{n1}}, 50)};
    if (crashed) faults.push_back(at(40, Crash{{n1}}));
    const Told told = play(with(faults));
    CHECK(told.of("n1", "started") == Lines{"0 s n1 started []", "100 ms n1 started []"});
    CHECK(seen(told.outcome, "wiped"));
    CHECK(told.of("fault", "wipe") == Lines{"50 ms fault wipe emptied the disk of n1"});
  }
  CHECK(play(with({at(50, Wipe{{n1}}), at(100, Restart{{n1}})})).of("n1", "started").size() == 2);
}

TEST_CASE("a crash that comes again does so at each restart, before or right after it has begun") {
  bool before = false, after = false;
  Scenario scenario = with({tell(10, 1, "write a"), at(100, Crash{{n1}, 3}, 50)});
  for (scenario.seed = 1; scenario.seed <= 10; ++scenario.seed) {
    const Told told = play(scenario);
    CHECK(told.of("fault", "crash").size() == 4);
    CHECK(told.of("fault", "restart") ==
          Lines{"150 ms fault restart restarted n1", "200 ms fault restart restarted n1",
                "250 ms fault restart restarted n1", "300 ms fault restart restarted n1"});
    const Lines started = told.of("n1", "started");
    CHECK(started.back() == R"(300 ms n1 started [note{key="told" value="a"}])");
    CHECK(started.size() >= 2);
    CHECK(started.size() <= 5);
    before = before || started.size() < 5;
    after = after || started.size() > 2;
    CHECK(seen(told.outcome, "crashed_in_recovery"));
  }
  CHECK(before);
  CHECK(after);
}

TEST_CASE("a restart by hand during a recovery that crashes does not double its crashes") {
  const Told told = play(with({at(100, Crash{{n1}, 1}, 50), at(120, Restart{{n1}})}));
  CHECK(told.of("fault", "crash").size() == 2);
  CHECK(told.of("fault", "restart") ==
        Lines{"120 ms fault restart restarted n1", "170 ms fault restart restarted n1"});
}

TEST_CASE("faults of the same instant strike in the order of the file") {
  CHECK(play(with({at(100, Crash{{n1}}), at(100, Restart{{n1}})})).of("n1", "started").size() == 2);
  CHECK(play(with({at(100, Restart{{n1}}), at(100, Crash{{n1}})})).of("n1", "started").size() == 1);
}

TEST_CASE("for coverage: what a fault met, by kind, role and phase") {
  const Told told = play(with({tell(10, 1, "shout"), tell(20, 1, "lead"), tell(30, 2, "write a"),
                               at(31, Pause{{n1, n2}}, 1), at(50, Crash{{n1}}), at(60, Crash{{n1}}),
                               at(70, Crash{{n1}}), at(80, Heal{}),
                               at(90, Crash{{Target{Target::Kind::leader, nobody}}})}));
  CHECK(told.outcome.struck == std::vector<Struck>{{"crash", "down", "no leader", 2},
                                                   {"crash", "leader", "idle", 1},
                                                   {"heal", "", "no leader", 1},
                                                   {"lead", "follower", "no leader", 1},
                                                   {"pause", "follower", "writing", 1},
                                                   {"pause", "leader", "idle", 1},
                                                   {"shout", "follower", "no leader", 1},
                                                   {"write a", "follower", "idle", 1}});
}

TEST_CASE("the trace lists every link that is cut after each fault") {
  const Told told = play(with({at(100, Cut{{n1}, {n2}}, 100), at(150, Isolate{{n2}}, 100)}));
  std::vector<std::size_t> cut;
  for (const TraceLine& line : told.trace) {
    if (const auto* fault = std::get_if<TracedFault>(&line)) cut.push_back(fault->cut_links.size());
  }
  CHECK(cut == std::vector<std::size_t>{1, 2, 2, 0});
}

}  // namespace
}  // namespace lockstep::sim::notebook
