#include "processes/faults.hpp"

#include <doctest/doctest.h>

#include <map>
#include <utility>

#include "sim/scenario/parse.hpp"

namespace lockstep::processes {
namespace {

// A cluster that writes down what is done to it; its time is moved by hand.
class Fake final : public Powers {
 public:
  explicit Fake(std::uint32_t nodes) : up(nodes, true), paused(nodes, false), nodes_(nodes) {}

  std::vector<sim::NodeView> views() override {
    std::vector<sim::NodeView> list(nodes_);
    for (std::uint32_t n = 0; n < nodes_; ++n) {
      if (up[n]) list[n] = {true, n == leader ? "leader" : "follower", 1};
    }
    return list;
  }
  bool is_up(std::uint32_t n) override { return up[n]; }
  bool is_paused(std::uint32_t n) override { return paused[n]; }
  void crash(std::uint32_t n) override {
    up[n] = paused[n] = false;
    write("crash", n);
  }
  void launch(std::uint32_t n) override {
    up[n] = true;
    write("launch", n);
  }
  void pause(std::uint32_t n) override {
    paused[n] = true;
    write("pause", n);
  }
  void resume(std::uint32_t n) override {
    paused[n] = false;
    write("resume", n);
  }
  void order(std::uint32_t n, const std::string& verb) override { write(verb.c_str(), n); }
  void measure(std::uint32_t n, const sim::Measure& found) override {
    write(std::to_string(permille(found.cpu)).append("@").c_str(), n);
  }
  void slow_disk(std::uint32_t n, Duration by) override {
    write(by == Duration() ? "quick" : "slow", n);
  }
  void links_changed(bool calm) override { done += calm ? "links! " : "links "; }
  void disturbed() override { ++disturbances; }
  void tell(sim::TracedFault fault) override { told.push_back(std::move(fault)); }
  Instant now() override { return time; }
  void at(Instant when, std::function<void()> what) override {
    plans.emplace(when, std::move(what));
  }

  void move_to(int ms) {
    const Instant until = Instant() + milliseconds(ms);
    while (!plans.empty() && plans.begin()->first <= until) {
      time = plans.begin()->first;
      const auto what = std::move(plans.begin()->second);
      plans.erase(plans.begin());
      what();
    }
    time = until;
  }
  std::string take() { return std::exchange(done, ""); }

  std::vector<bool> up, paused;
  std::uint32_t leader = 0;
  int disturbances = 0;
  std::string done;
  std::vector<sim::TracedFault> told;
  Instant time;
  std::multimap<Instant, std::function<void()>> plans;

 private:
  void write(const char* what, std::uint32_t n) { done += what + std::to_string(n + 1) + " "; }
  std::uint32_t nodes_;
};

struct Stage {
  explicit Stage(const std::string& list)
      : scenario(
            sim::parse_scenario("s.json", R"({"format":1,"title":"t","protocol":"raft","nodes":3,
              "workload":{"clients":1},"faults":[)" +
                                              list + "]}")),
        faults(scenario, {3, 1}, fake) {}
  Fake fake{3};
  sim::Scenario scenario;
  Faults faults;
};

TEST_CASE("a crash restarts after its time, unless somebody restarted it") {
  Stage stage(R"({"at":"1 s","crash":"leader","for":"1 s"},{"at":"1 s","restart":"all"})");
  stage.fake.move_to(1000);
  stage.faults.strike(0);
  CHECK(stage.fake.take() == "crash1 ");
  stage.fake.move_to(2000);
  CHECK(stage.fake.take() == "launch1 ");
  CHECK(stage.fake.disturbances == 2);
  stage.faults.strike(0);
  stage.faults.strike(1);
  CHECK(stage.fake.take() == "crash1 launch1 ");
  stage.fake.move_to(9000);
  CHECK(stage.fake.take() == "");
  CHECK(stage.faults.witnesses() == std::set<std::string>{"crashed", "restarted"});
}

TEST_CASE("a later pause takes a node over; a crash ends a pause") {
  Stage stage(R"({"at":"1 s","pause":"n2","for":"2 s"},{"at":"1 s","pause":"n2","for":"5 s"},
                 {"at":"1 s","crash":"n2"})");
  stage.faults.strike(0);
  stage.fake.move_to(1000);
  stage.faults.strike(1);
  CHECK(stage.fake.take() == "pause2 pause2 ");
  stage.fake.move_to(3000);
  CHECK(stage.fake.take() == "");  // the first one holds it no more
  stage.fake.move_to(6000);
  CHECK(stage.fake.take() == "resume2 ");
  stage.faults.strike(0);
  stage.faults.strike(2);
  CHECK(stage.fake.take() == "pause2 crash2 ");
  stage.fake.move_to(60000);
  CHECK(stage.fake.take() == "");
}

TEST_CASE("cuts add up and end on their own; a heal ends all of them and their ends are nothing") {
  Stage stage(R"({"at":"1 s","partition":[["n1"],["rest"]],"for":"1 s"},
                 {"at":"1 s","isolate":{"who":"n1","way":"out"},"for":"3 s"},
                 {"at":"1 s","heal":"all"})");
  stage.faults.strike(0);
  stage.faults.strike(1);
  CHECK(stage.fake.take() == "links links ");
  CHECK(stage.faults.links().is_cut(1, 0));
  CHECK(stage.faults.links().is_cut(3, 0));  // the client is of the rest
  stage.fake.move_to(1000);
  CHECK(stage.fake.take() == "links ");
  CHECK_FALSE(stage.faults.links().is_cut(1, 0));
  CHECK(stage.faults.links().is_cut(0, 1));
  stage.faults.strike(2);
  CHECK(stage.fake.take() == "links! ");
  CHECK(stage.faults.links().untouched());
  const int before = stage.fake.disturbances;
  stage.fake.move_to(9000);
  CHECK(stage.fake.take() == "");
  CHECK(stage.fake.disturbances == before);
  REQUIRE(stage.fake.told.size() == 4);
  CHECK(stage.fake.told[0].text == "cut n1 | n2 n3 c1");
  CHECK(stage.fake.told[3].kind == "heal");
}

TEST_CASE("a fault without anybody to hit is skipped and disturbs nothing") {
  Stage stage(R"({"at":"1 s","crash":"candidate"})");
  stage.faults.strike(0);
  CHECK(stage.fake.take() == "");
  CHECK(stage.fake.disturbances == 0);
  REQUIRE(stage.fake.told.size() == 1);
  CHECK(stage.fake.told[0].kind == "skipped");
}

TEST_CASE("a slow disk stays slow over a crash, until its end or a heal") {
  Stage stage(R"({"at":"1 s","slow_disk":{"who":["n1","n2"],"latency":"1 s"},"for":"3 s"},
                 {"at":"1 s","crash":"n1"},
                 {"at":"1 s","slow_disk":{"who":"n2","latency":"2 s"}},
                 {"at":"1 s","heal":"all"})");
  stage.faults.strike(0);
  stage.faults.strike(1);
  stage.faults.strike(2);
  CHECK(stage.fake.take() == "slow1 slow2 crash1 slow2 ");
  stage.fake.move_to(3000);
  CHECK(stage.fake.take() == "quick1 ");  // the later one holds n2
  stage.faults.strike(3);
  CHECK(stage.fake.take() == "links! quick2 ");
}

TEST_CASE("what nodes measure is told to all of them, those that are down as well") {
  Fake fake{3};
  const sim::Scenario scenario = sim::parse_scenario(
      "s.json", R"({"format":1,"title":"t","protocol":"advanced_bully","nodes":3,
        "config":{"quorum":"majority"},
        "faults":[{"at":"1 s","vitals":{"who":["n1","n3"],"cpu":"95 %"}},
                  {"at":"1 s","crash":"n3"}]})");
  Faults faults(scenario, {3, 0}, fake);
  faults.strike(1);
  faults.strike(0);
  CHECK(fake.take() == "crash3 950@1 950@3 ");
  REQUIRE(fake.told.size() == 2);
  CHECK(fake.told[1].kind == "vitals");
  CHECK(fake.told[1].text == "n1 n3: CPU at 950, memory at 250 per mille");
}

TEST_CASE("who is down is neither crashed, paused nor told to campaign") {
  Stage stage(R"({"at":"1 s","crash":"n1"},{"at":"1 s","pause":"all"},{"at":"1 s","campaign":"n1"},
                 {"at":"1 s","resume":"all"},{"at":"1 s","campaign":"n3"})");
  for (const std::size_t fault : {0, 0, 1, 2, 3, 4}) stage.faults.strike(fault);
  CHECK(stage.fake.take() == "crash1 pause2 pause3 resume2 resume3 campaign3 ");
}

}  // namespace
}  // namespace lockstep::processes
