// Whole clusters in bad weather: no rule of figure 3 breaks, and when the weather clears, a leader
// stands and commits.
#include <doctest/doctest.h>

#include "core/raft/cluster_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::raft;

namespace {

Config draw_config(Random& random) {
  Config config;
  config.pre_vote = random.below(4) != 0;
  config.sticky = random.below(4) != 0;
  config.check_quorum = random.below(4) != 0;
  if (random.below(2) == 0) {
    config.max_entries_per_message = std::uint32_t(random.between(1, 4));
    config.max_entries_in_flight = std::uint32_t(random.between(1, 8));
    config.max_bytes_per_message = random.below(64);
    config.max_bytes_in_flight = 1 + random.below(128);
    config.max_uncommitted_bytes = 200;
  }
  return config;
}

Weather draw_weather(Random& random) {
  Weather weather;
  weather.delay_high = milliseconds(random.between(1, 60));
  weather.loss = {std::uint32_t(random.below(25)), 100};
  weather.duplicate = {std::uint32_t(random.below(20)), 100};
  weather.disk_high = random.below(2) == 0 ? Duration(0) : milliseconds(random.between(0, 40));
  return weather;
}

void disturb(TestCluster& cluster) {
  Random& random = cluster.random();
  const NodeId victim = random.pick(cluster.members());
  switch (random.below(6)) {
    case 0:
    case 1:
      if (cluster.raft(victim)) cluster.crash(victim);
      break;
    case 2:
      if (!cluster.raft(victim)) cluster.start(victim);
      break;
    case 3: cluster.cut(victim, random.pick(cluster.members())); break;
    case 4: cluster.heal(); break;
    default:
      if (Raft* leader = cluster.leader()) {
        for (const NodeId other : cluster.members()) {
          if (random.below(2) == 0) cluster.cut(leader->self(), other);
        }
      }
  }
}

void work(TestCluster& cluster, std::uint64_t number) {
  Random& random = cluster.random();
  Raft* leader = cluster.leader();
  const NodeId asked =
      leader && random.below(4) != 0 ? leader->self() : random.pick(cluster.members());
  if (!cluster.raft(asked)) return;
  if (random.below(3) == 0) return cluster.request(asked, Read{});
  if (random.below(40) == 0) return cluster.request(asked, TransferLeadership{});
  if (random.below(40) == 0) return cluster.request(asked, Campaign{});
  cluster.request(asked, Propose{"c" + std::to_string(number)});
}

void expect_recovery(TestCluster& cluster) {
  cluster.heal();
  cluster.calm();
  for (const NodeId id : cluster.members()) {
    if (!cluster.raft(id)) cluster.start(id);
  }
  cluster.run_until(cluster.now() + seconds(4));
  Raft* leader = cluster.leader();
  REQUIRE(leader != nullptr);
  const std::uint64_t before = cluster.reads_served();
  cluster.request(leader->self(), Propose{"last"});
  cluster.request(leader->self(), Read{});
  cluster.run_until(cluster.now() + seconds(2));
  CHECK(cluster.reads_served() > before);
  for (const NodeId id : cluster.members()) {
    CHECK(cluster.raft(id)->log() == leader->log());
    CHECK(cluster.raft(id)->commit() == leader->log().last_index());
  }
}

}  // namespace

TEST_CASE("five servers in bad weather keep every rule, and recover when it clears") {
  std::uint64_t committed = 0;
  std::uint64_t reads = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    CAPTURE(seed);
    Random random(mix_seed(seed, 77));
    TestCluster cluster(random.below(8) == 0 ? std::size_t(random.between(1, 4)) : 5,
                        draw_config(random), draw_weather(random), seed);
    cluster.start_all();
    for (std::uint64_t i = 0; i < 60; ++i) {
      cluster.run_until(cluster.now() + milliseconds(cluster.random().between(1, 60)));
      if (i % 4 == 3) disturb(cluster);
      for (int k = 0; k < 3; ++k) work(cluster, i);
    }
    expect_recovery(cluster);
    committed += cluster.committed();
    reads += cluster.reads_served();
  }
  MESSAGE("committed ", committed, ", reads served ", reads);
  CHECK(committed > 1500 * 10);
  CHECK(reads > 1500 * 5);
}

TEST_CASE("a calm cluster elects one leader and commits at the pace it is asked") {
  TestCluster cluster(5, Config{}, Weather{}, 42);
  cluster.start_all();
  cluster.run_until(Instant{} + seconds(1));
  Raft* leader = cluster.leader();
  REQUIRE(leader != nullptr);
  for (int i = 0; i < 100; ++i) cluster.request(leader->self(), Propose{"x"});
  cluster.run_until(cluster.now() + milliseconds(100));
  CHECK(leader->commit() == LogIndex(101));
  CHECK(cluster.leader() == leader);
}
