// Whole elections in the mini network: the exact message count, and random faults after which one
// coordinator is left.
#include <doctest/doctest.h>

#include "core/bully/mini_network_test.hpp"

using namespace lockstep;
using namespace lockstep::bully;

namespace {

std::size_t count(const MiniNetwork& network, std::string_view message) {
  const auto found = network.sent.find(message);
  return found == network.sent.end() ? 0 : found->second;
}

Config quick() {
  return Config{.heartbeat = milliseconds(50),
                .heartbeat_timeout = milliseconds(250),
                .answer_timeout = milliseconds(60),
                .coordinator_timeout = milliseconds(200)};
}

// Everybody takes n for the coordinator, n is dead, and only k is impatient enough to notice.
void check_message_count(std::uint32_t n, std::uint32_t k, Duration latency_high) {
  CAPTURE(n);
  CAPTURE(k);
  const auto config_of = [k](NodeId id) {
    return Config{.heartbeat_timeout = id == NodeId(k) ? milliseconds(150) : milliseconds(1000),
                  .start_with_highest = true};
  };
  MiniNetwork network(n, config_of, n * 100 + k);
  network.latency_high = latency_high;
  for (std::uint32_t id = 1; id < n; ++id) network.start(NodeId(id));
  network.run_for(milliseconds(900));

  CHECK(network.settled());
  CHECK(count(network, "election") == (n - k) * (n - k + 1) / 2);
  CHECK(count(network, "answer") == (n - k - 1) * (n - k) / 2);
  CHECK(count(network, "coordinator") == n - 2);
  const std::size_t total =
      count(network, "election") + count(network, "answer") + count(network, "coordinator");
  CHECK(total == (n - k) * (n - k) + n - 2);
}

}  // namespace

TEST_CASE("process k of n notices the death of n: (n-k)^2 + n - 2 messages") {
  for (std::uint32_t n = 2; n <= 20; ++n)
    for (std::uint32_t k = 1; k < n; ++k) check_message_count(n, k, milliseconds(1));
}

TEST_CASE("the count does not depend on the order in which messages arrive") {
  for (std::uint32_t n = 2; n <= 20; ++n)
    for (std::uint32_t k = 1; k < n; ++k) check_message_count(n, k, milliseconds(40));
}

TEST_CASE("all processes start at once and settle on the highest") {
  for (std::uint32_t n = 1; n <= 12; ++n) {
    MiniNetwork network(
        n, [](NodeId) { return quick(); }, n);
    network.start_all();
    network.run_for(seconds(1));
    CHECK(network.settled());
  }
}

TEST_CASE("every cut part has its own coordinator, and after healing the highest remains") {
  MiniNetwork network(
      5, [](NodeId) { return quick(); }, 1);
  network.start_all();
  network.run_for(seconds(1));
  network.cut = [](NodeId a, NodeId b) { return (a >= NodeId(4)) != (b >= NodeId(4)); };
  network.run_for(seconds(1));
  CHECK(network.machine(NodeId(3)).role() == RoleName::coordinator);
  CHECK(network.machine(NodeId(5)).role() == RoleName::coordinator);
  CHECK(network.machine(NodeId(1)).coordinator() == NodeId(3));

  network.cut = [](NodeId, NodeId) { return false; };
  network.sent.clear();
  network.run_for(milliseconds(100));
  CHECK(network.settled());
  CHECK(count(network, "election") == 0);  // healing is one heartbeat's work, not an election's
  CHECK(count(network, "coordinator") <= 3);
}

TEST_CASE("a restarted highest id takes over") {
  for (const bool start_with_highest : {false, true}) {
    Config config = quick();
    config.start_with_highest = start_with_highest;
    MiniNetwork network(
        6, [config](NodeId) { return config; }, 1);
    network.start_all();
    network.run_for(seconds(1));
    network.crash(NodeId(6));
    network.run_for(seconds(1));
    CHECK(network.settled());
    CHECK(network.machine(NodeId(5)).role() == RoleName::coordinator);
    network.start(NodeId(6));
    network.run_for(milliseconds(100));
    CHECK(network.settled());
    CHECK(network.machine(NodeId(5)).coordinator() == NodeId(6));
  }
}

TEST_CASE("start_with_highest while the highest is down costs one suspicion") {
  Config config = quick();
  config.start_with_highest = true;
  MiniNetwork network(
      6, [config](NodeId) { return config; }, 1);
  for (const std::uint32_t id : {1u, 2u, 4u}) network.start(NodeId(id));
  network.run_for(milliseconds(600));
  CHECK(network.settled());
  network.start(NodeId(5));  // takes 6 for the coordinator at first
  network.run_for(milliseconds(600));
  CHECK(network.settled());
}

TEST_CASE("random loss, crashes, restarts and cuts end with one coordinator, the highest alive") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    Random random(mix_seed(seed, 20));
    const auto n = static_cast<std::uint32_t>(2 + random.below(8));
    Config config = quick();
    config.start_with_highest = random.below(2) == 0;
    MiniNetwork network(
        n, [config](NodeId) { return config; }, seed);
    network.latency_high = milliseconds(1 + static_cast<std::int64_t>(random.below(60)));
    network.loss = Ratio{static_cast<std::uint32_t>(random.below(40)), 100};
    network.start_all();
    for (int turn = 0; turn < 20; ++turn) {
      const NodeId id(static_cast<std::uint32_t>(1 + random.below(n)));
      switch (random.below(5)) {
        case 0: network.crash(id); break;
        case 1:
          if (!network.alive(id)) network.start(id);
          break;
        case 2: network.request(id); break;
        case 3: {
          const std::uint64_t side = random.next();
          network.cut = [side](NodeId a, NodeId b) {
            return ((side >> a.value()) & 1) != ((side >> b.value()) & 1);
          };
          break;
        }
        default: network.cut = [](NodeId, NodeId) { return false; };
      }
      network.run_for(random.between(milliseconds(1), milliseconds(400)));
    }
    network.cut = [](NodeId, NodeId) { return false; };
    network.loss = Ratio{};
    network.latency_high = milliseconds(20);
    network.run_for(seconds(2));
    CHECK(network.settled());
    const std::size_t before = network.notices.size();
    network.run_for(seconds(2));
    CHECK(network.settled());
    CHECK(network.notices.size() == before);  // and then nothing happens any more
  }
}

TEST_CASE("settling takes two time-outs at most once the network is calm") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    MiniNetwork network(
        9, [](NodeId) { return quick(); }, seed);
    network.latency_high = milliseconds(10);
    network.start_all();
    network.run_for(seconds(1));
    Random random(seed);
    network.crash(NodeId(9));
    if (random.below(2) == 0) network.crash(NodeId(8));
    // Silence, then the answer's time-out, then one message.
    network.run_for(milliseconds(250 + 60 + 60));
    CHECK(network.settled());
  }
}

TEST_CASE("the same seed gives the same notices") {
  const auto run = [] {
    MiniNetwork network(
        7, [](NodeId) { return quick(); }, 3);
    network.latency_high = milliseconds(25);
    network.loss = Ratio{1, 5};
    network.start_all();
    network.run_for(seconds(5));
    return network.notices;
  };
  CHECK(run() == run());
}
