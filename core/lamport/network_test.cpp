// Whole clusters of both modes, in good and in bad weather.
#include <doctest/doctest.h>

#include "core/lamport/mini_network_test.hpp"

namespace lockstep::lamport {
namespace {

Config config_of(Mode mode) {
  Config config;
  config.mode = mode;
  return config;
}

// Everybody holds everything, in one order that has the later post of each pair later.
void check_ascending(const MiniNetwork& network, std::size_t messages) {
  REQUIRE(network.agree());
  const std::vector<Entry> shown = network.shown(NodeId(1));
  CHECK(shown.size() == messages);
  for (std::size_t i = 0; i + 1 < shown.size(); ++i) {
    CHECK(shown[i].stamp < shown[i + 1].stamp);
    CHECK(shown[i].origin < shown[i + 1].origin);
  }
}

TEST_CASE("replicated: any node takes a post, and all show it in the leader's order") {
  MiniNetwork network(3, config_of(Mode::replicated), 1);
  network.start_all();
  network.run_for(seconds(1));
  for (std::uint64_t i = 1; i <= 9; ++i) {
    network.post(NodeId(static_cast<std::uint32_t>(i % 3 + 1)), i);
    network.run_for(milliseconds(20));
    CHECK(network.posted.size() == i);
  }
  check_ascending(network, 9);
  for (const Entry& entry : network.shown(NodeId(2))) CHECK(entry.stamp.node == NodeId(3));
  CHECK(network.count("causality_violation") == 0);
}

TEST_CASE("replicated: without a majority a post waits, and then it is acknowledged") {
  MiniNetwork network(3, config_of(Mode::replicated), 1);
  network.start(NodeId(2));
  network.run_for(seconds(2));
  CHECK(network.machine(NodeId(2)).leads());
  network.post(NodeId(2), 1);
  network.run_for(seconds(2));
  CHECK(network.posted.empty());
  network.start(NodeId(1));
  network.run_for(seconds(2));
  CHECK(network.posted.size() == 1);
}

TEST_CASE("replicated: who was away asks from its last gap") {
  MiniNetwork network(3, config_of(Mode::replicated), 1);
  network.start_all();
  network.run_for(seconds(1));
  network.crash(NodeId(1));
  for (std::uint64_t i = 1; i <= 500; ++i) network.post(NodeId(3), i);
  network.run_for(seconds(1));
  CHECK(network.posted.size() == 500);
  network.start(NodeId(1));
  network.run_for(seconds(2));
  check_ascending(network, 500);
}

TEST_CASE("replicated: two leaders in a partition merge into one order, and a post is there once") {
  MiniNetwork network(5, config_of(Mode::replicated), 1);
  network.start_all();
  network.run_for(seconds(1));
  const auto minority = [](NodeId node) { return node >= NodeId(4); };
  network.cut = [&](NodeId a, NodeId b) { return minority(a) != minority(b); };
  network.run_for(seconds(2));
  CHECK(network.machine(NodeId(5)).leads());
  CHECK(network.machine(NodeId(3)).leads());
  for (std::uint64_t i = 1; i <= 20; ++i) {
    network.post(NodeId(5), i);       // stamped, not acknowledged
    network.post(NodeId(1), i + 10);  // of these, ten are tried on the other side as well
  }
  network.run_for(seconds(1));
  CHECK(network.posted.size() == 20);
  network.cut = [](NodeId, NodeId) { return false; };
  network.run_for(seconds(3));
  REQUIRE(network.agree());
  CHECK(network.shown(NodeId(1)).size() == 30);
  CHECK(network.posted.size() == 30);
  CHECK(network.count("merged") > 0);
  CHECK(network.count("causality_violation") > 0);
}

TEST_CASE("multicast: everybody stamps, and all show one order once every clock has passed") {
  MiniNetwork network(4, config_of(Mode::multicast), 1);
  network.start_all();
  network.run_for(seconds(1));
  for (std::uint64_t i = 1; i <= 40; ++i) {
    network.post(NodeId(static_cast<std::uint32_t>(i % 4 + 1)), i);
    network.run_for(milliseconds(1));
  }
  network.run_for(seconds(1));
  REQUIRE(network.agree());
  CHECK(network.posted.size() == 40);
}

TEST_CASE("multicast: nothing is shown while a member is away, and then everything is") {
  MiniNetwork network(3, config_of(Mode::multicast), 1);
  network.start_all();
  network.run_for(seconds(1));
  network.post(NodeId(1), 1);
  network.run_for(seconds(1));
  CHECK(network.posted.size() == 1);
  network.crash(NodeId(3));
  network.post(NodeId(1), 2);
  network.run_for(seconds(5));
  CHECK(network.posted.size() == 1);
  CHECK(network.shown(NodeId(2)).size() == 1);
  network.start(NodeId(3));
  network.run_for(seconds(1));
  CHECK(network.posted.size() == 2);
  check_ascending(network, 2);
}

// Posts are tried at several nodes while nodes crash and links are cut; then all is well.
void bad_weather(Mode mode, std::uint64_t seed) {
  CAPTURE(seed);
  MiniNetwork network(static_cast<std::uint32_t>(3 + seed % 3), config_of(mode), seed);
  network.loss = {1, 10};
  network.doubles = {1, 5};
  network.latency_high = milliseconds(20);
  Random random(seed);
  network.start_all();
  std::uint64_t sequence = 0;
  for (int round = 0; round < 60; ++round) {
    const auto any = [&] {
      return NodeId(static_cast<std::uint32_t>(1 + random.below(network.highest().value())));
    };
    for (std::uint64_t posts = random.below(6); posts > 0; --posts) {
      ++sequence;
      network.post(any(), sequence);
      network.post(any(), sequence);
    }
    if (random.below(4) == 0) network.crash(any());
    if (random.below(2) == 0) network.start(any());
    if (random.below(6) == 0) {
      const NodeId alone = any();
      network.cut = [alone](NodeId a, NodeId b) { return (a == alone) != (b == alone); };
    }
    if (random.below(4) == 0) network.cut = [](NodeId, NodeId) { return false; };
    network.run_for(milliseconds(random.between(1, 400)));
  }
  network.cut = [](NodeId, NodeId) { return false; };
  network.loss = {};
  network.start_all();
  network.run_for(seconds(6));
  CHECK(network.agree());
  CHECK(network.posted.size() > 10);
}

TEST_CASE("in bad weather no acknowledged message is lost, and all logs end equal") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    bad_weather(Mode::replicated, seed);
    bad_weather(Mode::multicast, seed);
  }
}

}  // namespace
}  // namespace lockstep::lamport
