#include "sim/world/post.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace lockstep::sim {
namespace {

using Shape = Latency::Shape;

Scenario five_nodes() {
  Scenario scenario;
  scenario.nodes = 5;
  scenario.workload.clients = 1;
  scenario.network.latency = {Shape::constant, milliseconds(4), milliseconds(4), 0};
  return scenario;
}

// A post with its fabric.
struct Office {
  explicit Office(const Scenario& scenario, std::uint64_t seed = 1)
      : fabric(make_loop_fabric(scenario)), post(scenario, *fabric, seed) {}
  std::unique_ptr<Fabric> fabric;
  Post post;
};

int count_lost(const Scenario& scenario, int messages) {
  Office office(scenario);
  int lost = 0;
  for (int i = 0; i < messages; ++i)
    lost += office.post.dispatch(Instant(), 0, 1, 0).lost == "loss";
  return lost;
}
int count_doubled(const Scenario& scenario, int messages) {
  Office office(scenario);
  int doubled = 0;
  for (int i = 0; i < messages; ++i)
    doubled += office.post.dispatch(Instant(), 0, 1, 0).duplicate.has_value();
  return doubled;
}
// Latencies of one message each nanosecond.
std::vector<Duration> latencies(const Scenario& scenario, int messages) {
  Office office(scenario);
  std::vector<Duration> all;
  for (int i = 0; i < messages; ++i) {
    const Instant now(i);
    all.push_back(office.post.dispatch(now, 0, 1, 0).copy.arrives - now);
  }
  return all;
}

TEST_CASE("on a calm network every message takes the latency, exactly, once") {
  Office office(five_nodes());
  for (int i = 0; i < 100; ++i) {
    const auto fate = office.post.dispatch(Instant(i), 0, 5, 0);
    REQUIRE(fate.lost.empty());
    REQUIRE_FALSE(fate.flow);
    REQUIRE_FALSE(fate.duplicate.has_value());
    REQUIRE(fate.copy.arrives == Instant(i) + milliseconds(4));
  }
}

TEST_CASE("loss and duplication come in their ratio; at 0 never, at 1 always") {
  Scenario scenario = five_nodes();
  CHECK(count_lost(scenario, 1000) == 0);
  CHECK(count_doubled(scenario, 1000) == 0);
  scenario.network.loss = {1, 10};
  CHECK(std::abs(count_lost(scenario, 20'000) - 2000) < 180);
  scenario.network.loss = {1, 1};
  CHECK(count_lost(scenario, 1000) == 1000);
  scenario.network.loss = {};
  scenario.network.duplicate = {1, 4};
  CHECK(std::abs(count_doubled(scenario, 20'000) - 5000) < 260);
  scenario.network.duplicate = {1, 1};
  CHECK(count_doubled(scenario, 1000) == 1000);
}

TEST_CASE("a uniform latency stays within its ends and reaches both halves") {
  Scenario scenario = five_nodes();
  scenario.network.latency = {Shape::uniform, milliseconds(1), milliseconds(5), 0};
  const auto all = latencies(scenario, 10'000);
  CHECK(*std::min_element(all.begin(), all.end()) >= milliseconds(1));
  CHECK(*std::max_element(all.begin(), all.end()) <= milliseconds(5));
  const auto low =
      std::count_if(all.begin(), all.end(), [](Duration d) { return d < milliseconds(3); });
  CHECK(std::abs(low - 5000) < 250);
}

TEST_CASE("exponential and lognormal latencies have their mean and median") {
  Scenario scenario = five_nodes();
  scenario.network.latency = {Shape::exponential, milliseconds(5), Duration(0), 0};
  auto all = latencies(scenario, 20'000);
  double sum = 0;
  for (const Duration d : all) sum += d.milliseconds();
  CHECK(std::abs(sum / 20'000 - 5) < 0.15);
  scenario.network.latency = {Shape::lognormal, milliseconds(5), Duration(0), 500};
  all = latencies(scenario, 20'000);
  std::sort(all.begin(), all.end());
  CHECK(std::abs(all[10'000].milliseconds() - 5) < 0.15);
  CHECK(all.front() > Duration(0));
}

TEST_CASE("jitter is added to the latency of the regions") {
  Scenario scenario = five_nodes();
  scenario.network.latency = {Shape::uniform, milliseconds(1), milliseconds(2), 0};
  Regions regions;
  regions.names = {"a", "b"};
  regions.one_way = {{Duration(0), milliseconds(50)}, {milliseconds(70), Duration(0)}};
  regions.placement = {0, 1};
  scenario.network.regions = regions;
  Office office(scenario);
  for (int i = 0; i < 200; ++i) {
    const auto there = office.post.dispatch(Instant(), 0, 1, 0).copy.arrives.since_start();
    const auto back = office.post.dispatch(Instant(), 1, 0, 0).copy.arrives.since_start();
    REQUIRE(there >= milliseconds(51));
    REQUIRE(there <= milliseconds(52));
    REQUIRE(back >= milliseconds(71));
    REQUIRE(back <= milliseconds(72));
  }
}

TEST_CASE("a whole latency: the fixed part and what varies") {
  Random random(1);
  CHECK(draw_latency({Shape::constant, milliseconds(3), milliseconds(3), 0}, random) ==
        milliseconds(3));
  for (int i = 0; i < 1000; ++i) {
    const auto drawn = draw_latency({Shape::uniform, milliseconds(3), milliseconds(4), 0}, random);
    REQUIRE(drawn >= milliseconds(3));
    REQUIRE(drawn <= milliseconds(4));
  }
  CHECK(draw_jitter({Shape::constant, milliseconds(3), milliseconds(3), 0}, random) == Duration(0));
}

TEST_CASE("a cut is decided when the message leaves; it costs no draw") {
  Scenario scenario = five_nodes();
  scenario.network.latency = {Shape::uniform, milliseconds(1), milliseconds(5), 0};
  Office cut(scenario), open(scenario);
  const auto rule = cut.post.links().cut({0}, {1});
  CHECK(cut.post.dispatch(Instant(), 0, 1, 0).lost == "cut");
  CHECK(cut.post.is_cut(0, 1));
  CHECK_FALSE(cut.post.is_cut(1, 0));
  CHECK(cut.post.dispatch(Instant(), 1, 0, 0).copy.arrives ==
        open.post.dispatch(Instant(), 1, 0, 0).copy.arrives);
  cut.post.links().undo(rule);
  CHECK(cut.post.dispatch(Instant(), 0, 1, 0).lost.empty());
}

TEST_CASE("a slow link adds to every message across it, both ways") {
  Office office(five_nodes());
  office.post.links().slow({0}, {1}, milliseconds(100));
  CHECK(office.post.dispatch(Instant(), 0, 1, 0).copy.arrives == Instant() + milliseconds(104));
  CHECK(office.post.dispatch(Instant(), 1, 0, 0).copy.arrives == Instant() + milliseconds(104));
  CHECK(office.post.dispatch(Instant(), 0, 2, 0).copy.arrives == Instant() + milliseconds(4));
}

TEST_CASE("reordering holds its ratio of messages back, by no more than its bound") {
  Scenario scenario = five_nodes();
  scenario.network.reorder = {1, 5};
  scenario.network.reorder_by = milliseconds(10);
  const auto all = latencies(scenario, 10'000);
  CHECK(*std::min_element(all.begin(), all.end()) == milliseconds(4));
  CHECK(*std::max_element(all.begin(), all.end()) <= milliseconds(14));
  const auto held =
      std::count_if(all.begin(), all.end(), [](Duration d) { return d > milliseconds(4); });
  CHECK(std::abs(held - 2000) < 200);
}

TEST_CASE("a second copy is late by no more than its bound, and the first is not") {
  Scenario scenario = five_nodes();
  scenario.network.duplicate = {1, 1};
  scenario.network.duplicate_by = milliseconds(2000);
  Office office(scenario);
  Duration latest;
  for (int i = 0; i < 1000; ++i) {
    const Post::Fate fate = office.post.dispatch(Instant(), 0, 1, 0);
    REQUIRE(fate.duplicate.has_value());
    REQUIRE(fate.copy.arrives == Instant() + milliseconds(4));
    const Duration late = fate.duplicate->arrives - fate.copy.arrives;
    REQUIRE(late >= Duration(0));
    REQUIRE(late <= milliseconds(2000));
    latest = std::max(latest, late);
  }
  CHECK(latest > milliseconds(1900));
}

// Sends across every ordered pair; the arrivals of a pair in the order of sending.
std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Instant>> traffic(
    const Scenario& scenario) {
  Office office(scenario);
  Random random(3);
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Instant>> arrivals;
  for (int i = 0; i < 4000; ++i) {
    const auto from = static_cast<std::uint32_t>(random.below(6));
    const auto to = static_cast<std::uint32_t>(random.below(6));
    const auto fate = office.post.dispatch(Instant() + microseconds(i * 10), from, to, 0);
    arrivals[{from, to}].push_back(fate.copy.arrives);
    if (fate.duplicate) arrivals[{from, to}].push_back(fate.duplicate->arrives);
  }
  return arrivals;
}

TEST_CASE("fifo: no message overtakes an earlier one from the same sender to the same receiver") {
  Scenario scenario = five_nodes();
  scenario.network.latency = {Shape::exponential, milliseconds(5), Duration(0), 0};
  scenario.network.duplicate = {1, 10};
  scenario.network.fifo = true;
  for (const auto& [pair, arrivals] : traffic(scenario))
    CHECK(std::is_sorted(arrivals.begin(), arrivals.end()));
  scenario.network.fifo = false;
  int overtaken = 0;
  for (const auto& [pair, arrivals] : traffic(scenario))
    overtaken += !std::is_sorted(arrivals.begin(), arrivals.end());
  CHECK(overtaken == 36);
}

TEST_CASE("the same seed gives the same fates, another seed others") {
  Scenario scenario = five_nodes();
  scenario.network.latency = {Shape::lognormal, milliseconds(5), Duration(0), 500};
  scenario.network.loss = {1, 10};
  scenario.network.duplicate = {1, 10};
  const auto fates = [&](std::uint64_t seed) {
    Office office(scenario, seed);
    std::vector<std::int64_t> all;
    for (int i = 0; i < 500; ++i) {
      const auto fate = office.post.dispatch(Instant(), 0, 1, 0);
      all.push_back(fate.lost.empty() ? fate.copy.arrives.ns() : -1);
      all.push_back(fate.duplicate ? fate.duplicate->arrives.ns() : -1);
    }
    return all;
  };
  CHECK(fates(1) == fates(1));
  CHECK(fates(1) != fates(2));
}

TEST_CASE("calm ends loss, duplication and reordering; the latency goes on varying") {
  Scenario scenario = five_nodes();
  scenario.network.latency = {Shape::uniform, milliseconds(1), milliseconds(5), 0};
  scenario.network.loss = scenario.network.duplicate = scenario.network.reorder = {1, 2};
  Office office(scenario);
  office.post.calm();
  std::set<Instant> arrivals;
  for (int i = 0; i < 300; ++i) {
    const auto fate = office.post.dispatch(Instant(), 0, 1, 0);
    REQUIRE(fate.lost.empty());
    REQUIRE_FALSE(fate.duplicate.has_value());
    REQUIRE(fate.copy.arrives <= Instant() + milliseconds(5));
    arrivals.insert(fate.copy.arrives);
  }
  CHECK(arrivals.size() > 290);
}

TEST_CASE("bytes cost time where there is bandwidth; from a size on they travel as a flow") {
  Scenario scenario = five_nodes();
  CHECK_FALSE(Office(scenario).post.measures_bytes());
  CHECK(Office(scenario).post.dispatch(Instant(), 0, 1, 1'000'000).copy.arrives ==
        Instant() + milliseconds(4));
  scenario.network.bandwidth = 8'000'000;  // a million bytes a second
  scenario.network.bulk_from = 5000;
  Office office(scenario);
  CHECK(office.post.measures_bytes());
  CHECK(office.post.dispatch(Instant(), 0, 1, 0).copy.arrives == Instant() + milliseconds(4));
  CHECK(office.post.dispatch(Instant(), 0, 1, 4999).copy.arrives ==
        Instant() + milliseconds(4) + microseconds(4999));
  const Post::Fate alone = office.post.dispatch(Instant(), 0, 1, 5000);
  CHECK(alone.flow);
  CHECK(alone.copy.late == Duration(0));
  office.post.links().cut({0}, {1});
  CHECK_FALSE(office.post.dispatch(Instant(), 0, 1, 5000).flow);
}

TEST_CASE("a flow is late by what slows its link and by jitter, and may be doubled") {
  Scenario scenario = five_nodes();
  scenario.network.bandwidth = 8'000'000;
  scenario.network.bulk_from = 5000;
  scenario.network.duplicate = {1, 1};
  Office steady(scenario);
  steady.post.links().slow({0}, {1}, milliseconds(100));
  const Post::Fate slowed = steady.post.dispatch(Instant(), 0, 1, 5000);
  CHECK(slowed.copy.late == milliseconds(100));
  REQUIRE(slowed.duplicate.has_value());
  CHECK(slowed.duplicate->late == milliseconds(100));

  scenario.network.latency = Latency{Latency::Shape::uniform, milliseconds(1), milliseconds(5)};
  Office office(scenario);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 20; ++i) {
    const Duration late = office.post.dispatch(Instant(), 0, 1, 5000).copy.late;
    CHECK(late <= milliseconds(4));
    seen.insert(late.ns());
  }
  CHECK(seen.size() == 20);
}

}  // namespace
}  // namespace lockstep::sim
