// Whole elections in the mini network: the quiet ones exactly, and random faults after which one
// leader is left whom everybody follows.
#include <doctest/doctest.h>

#include "core/advanced_bully/mini_network_test.hpp"

using namespace lockstep;
using namespace lockstep::advanced_bully;

namespace {

Config quick(quorum::Mode mode) {
  Config config = lan();
  config.mode = mode;
  config.f = 1;
  config.score = bully::fittest();
  return config;
}

}  // namespace

TEST_CASE("four rooms start at once and settle on the fittest") {
  for (const auto mode : {quorum::Mode::none, quorum::Mode::majority, quorum::Mode::byzantine,
                          quorum::Mode::degraded}) {
    CAPTURE(static_cast<int>(mode));
    MiniNetwork network(4, quick(mode), 1);
    network.start_all();
    network.run_for(seconds(3));
    CHECK(network.settled() == NodeId(4));
    network.notices.clear();
    network.run_for(seconds(60));
    CHECK(network.settled() == NodeId(4));
    CHECK(network.notices.empty());
  }
}

TEST_CASE("random loss, crashes, restarts and cuts end with one leader whom everybody follows") {
  for (std::uint64_t seed = 0; seed < 250; ++seed) {
    CAPTURE(seed);
    Random random(mix_seed(seed, 20));
    const bool byzantine = random.below(2) == 0;
    const auto n = static_cast<std::uint32_t>((byzantine ? 4 : 2) + random.below(5));
    Config config = quick(byzantine ? quorum::Mode::byzantine : quorum::Mode::majority);
    config.f = n >= 7 ? 2 : 1;
    config.predicts = random.below(4) == 0;
    MiniNetwork network(n, config, seed);
    network.latency_high = milliseconds(1 + static_cast<std::int64_t>(random.below(90)));
    network.disk_high = milliseconds(static_cast<std::int64_t>(random.below(10)));
    network.loss = Ratio{static_cast<std::uint32_t>(random.below(30)), 100};
    for (const NodeId id : network.everybody())
      network.clocks[id] = {random.between(seconds(0), seconds(20)), random.between(-500, 500)};
    network.start_all();
    for (int turn = 0; turn < 20; ++turn) {
      const NodeId id(static_cast<std::uint32_t>(1 + random.below(n)));
      switch (random.below(7)) {
        case 0:
        case 1: network.crash(id); break;
        case 2:
          if (!network.alive(id)) network.start(id);
          break;
        case 3:
          if (network.alive(id)) network.request(id, Guard{"bed", "taken"});
          break;
        case 4: {
          const std::uint64_t side = random.next();
          network.cut = [side](NodeId a, NodeId b) {
            return ((side >> a.value()) & 1) != ((side >> b.value()) & 1);
          };
          break;
        }
        case 5:
          if (network.alive(id))
            network.sample(id, {static_cast<std::uint32_t>(random.below(1001)),
                                static_cast<std::uint32_t>(random.below(1001)),
                                0,
                                {}});
          break;
        default: network.cut = [](NodeId, NodeId) { return false; };
      }
      network.run_for(random.between(milliseconds(1), seconds(2)));
    }
    network.cut = [](NodeId, NodeId) { return false; };
    network.loss = Ratio{};
    network.latency_high = milliseconds(20);
    network.start_all();
    for (const NodeId id : network.everybody()) network.sample(id, {100, 100, 0, {}});
    int turns = 0;  // of 100 ms, a fifth of a heartbeat
    while (network.settled() == nobody && ++turns < 100) network.run_for(milliseconds(100));
    CHECK(turns < 100);
    network.run_for(seconds(20));  // of handing back to fitter ones
    network.notices.clear();
    network.run_for(seconds(30));
    if (!config.predicts) {
      CHECK(network.settled() != nobody);
      CHECK(network.noticed<audit::ElectionStarted>().empty());
    }
    for (const NodeId id : network.everybody()) {
      CHECK(network.trail_verifies(id));
      const AdvancedBully before = network.machine(id);
      network.crash(id);
      network.start(id);
      CHECK(network.machine(id).trail().snapshot() == before.trail().snapshot());
    }
  }
}
