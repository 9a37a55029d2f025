// Whole elections in the mini network: the quiet ones exactly, and random faults after which one
// leader is left whom everybody follows.
#include <doctest/doctest.h>

#include "core/advanced_bully/mini_network_test.hpp"
#include "core/wire/codec.hpp"

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

TEST_CASE("whatever is said survives the wire") {
  MiniNetwork network(4, quick(quorum::Mode::byzantine), 1);
  std::set<std::string_view> kinds;
  network.overhear = [&](NodeId, NodeId, const Message& message) {
    std::string bytes;
    wire::encode(message, bytes);
    CHECK(wire::decode<Message>(bytes) == message);
    kinds.insert(alternative_name(message));
  };
  network.loss = Ratio{1, 5};
  network.start_all();
  for (int turn = 0; turn < 40; ++turn) {
    for (const NodeId id : network.live_honest()) network.request(id, Guard{"bed", "taken"});
    if (turn == 20) network.request(network.settled(), HandOver{});
    network.run_for(milliseconds(200));
  }
  CHECK(kinds.size() >= 10);
}

TEST_CASE("what is worthless later may come twice, late and out of order") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    Config config = quick(quorum::Mode::byzantine);
    config.predicts = false;
    config.hysteresis = 10'000'000;  // nobody hands back
    MiniNetwork network(4, config, seed);
    network.datagram_delay = config.heartbeat * 2;
    network.start_all();
    network.run_for(seconds(5));
    NodeId leader = network.settled();
    REQUIRE(leader != nobody);
    for (int office = 0; office < 3; ++office) {
      network.notices.clear();
      network.request(leader, HandOver{});
      network.run_for(milliseconds(50));  // beats of the old leader are still on their way
      const NodeId heir = network.settled();
      REQUIRE(heir != nobody);
      CHECK(heir != leader);
      CHECK(network.noticed<audit::ElectionStarted>().size() == 1);
      network.run_for(seconds(20));
      CHECK(network.settled() == heir);
      CHECK(network.noticed<audit::NodeFailed>().empty());
      CHECK(network.machine(heir).may_act(network.now()));
      leader = heir;
    }
  }
}

TEST_CASE("a leader that is cut off acts in vain, while its lease lasts and after") {
  MiniNetwork network(4, quick(quorum::Mode::byzantine), 1);
  network.start_all();
  network.run_for(seconds(2));
  const NodeId old = network.settled();
  REQUIRE(old == NodeId(4));
  network.cut = [old](NodeId from, NodeId to) { return from == old || to == old; };
  while (network.machine(NodeId(3)).role() != RoleName::coordinator)
    network.run_for(milliseconds(10));
  network.run_for(milliseconds(10));
  // Both have one: the lease of 3 s outlasts the time-out of 1.5 s.
  REQUIRE(network.machine(old).may_act(network.now()));
  REQUIRE(network.machine(NodeId(3)).may_act(network.now()));
  network.cut = [old](NodeId, NodeId to) { return to == old; };  // what it says arrives
  network.request(old, Guard{"bed", "old"});
  network.run_for(milliseconds(5));
  for (const std::uint32_t host : {1u, 2u, 3u})
    CHECK(network.machine(NodeId(host)).resource().seen().none());
  network.run_for(seconds(3));
  REQUIRE(!network.answers.empty());
  CHECK(network.answers[0].second.reply == Reply(Doubtful{}));
}

namespace {

Config of_five() {
  Config config = quick(quorum::Mode::byzantine);
  config.score.weights.reliability = 0;
  config.score.weights.uptime = 0;
  config.predicts = false;
  return config;
}
Weights tenths(std::initializer_list<std::uint32_t> all) {
  Weights weights;
  for (const std::uint32_t weight : all) weights.push_back(quorum::Weight(weight));
  return weights;
}
// In the leader's name.
void weigh(MiniNetwork& network, const Weights& weights) {
  const NodeId leader = network.settled();
  REQUIRE(leader != nobody);
  for (const NodeId id : network.everybody())
    if (id != leader) network.say(leader, id, Weighed{network.machine(leader).epoch(), weights});
  network.run_for(milliseconds(5));
}

}  // namespace

TEST_CASE("who answers heartbeats weighs more and who does not weighs less in the next election") {
  const Config config = of_five();
  MiniNetwork network(5, config, 1);
  network.start_all();
  network.run_for(seconds(1));
  REQUIRE(network.settled() == NodeId(5));
  network.cut = [](NodeId from, NodeId to) { return from == NodeId(2) && to == NodeId(5); };
  network.run_for(config.heartbeat * Weighing::round * 5 + config.heartbeat);
  const Weights weights = tenths({15, 5, 15, 15, 15});
  for (const NodeId id : network.everybody()) CHECK(network.machine(id).weights() == weights);
  network.crash(NodeId(5));
  network.cut = [](NodeId, NodeId) { return false; };
  network.run_for(seconds(2));
  REQUIRE(network.settled() == NodeId(4));
  const Coordinator& ruling = *network.machine(NodeId(1)).ruling();
  CHECK(ruling.weights == weights);
  CHECK(ruling.certificate.table ==
        weighed(base_table(config, 5), weights).in(ruling.certificate.epoch).digest());
}

TEST_CASE("three heavy votes of five are no quorum where the configuration asks for four") {
  const Config config = of_five();
  const Weights heavy = tenths({20, 20, 20, 1, 1});
  const auto keys = [](std::uint32_t id) { return quorum::ideal_keyring(5, NodeId(id), 5); };
  for (const std::uint32_t voters : {3u, 4u}) {
    AdvancedBully machine(keys(5), 5, config, 1);
    Effects<Alphabet> out;
    machine.step({}, Started<Record>{}, out);
    const quorum::Table table = weighed(base_table(config, 5), heavy).in(Epoch(1));
    Coordinator ruling{{Epoch(1), NodeId(1), table.digest(), {}}, {}, heavy};
    for (std::uint32_t voter = 1; voter <= voters; ++voter)
      ruling.certificate.votes.push_back(quorum::cast(
          {config.cluster, Epoch(1), table.digest(), {NodeId(1), 0, {}}, {}, NodeId(voter)},
          keys(voter)));
    REQUIRE(verify(ruling.certificate, table, keys(5), config.cluster) == std::nullopt);
    machine.step({}, Received<Message>{NodeId(1), ruling}, out);
    CHECK(machine.leader() == (voters == 4 ? NodeId(1) : nobody));
  }
}

TEST_CASE("where too little of what is alive is reliable, the configured table elects") {
  const Config config = of_five();
  MiniNetwork network(6, config, 1);  // four are a quorum
  network.start_all();
  network.run_for(seconds(1));
  REQUIRE(network.settled() == NodeId(6));
  weigh(network, tenths({20, 20, 20, 1, 1, 1}));
  for (const NodeId id : {NodeId(1), NodeId(2), NodeId(6)}) network.crash(id);
  network.run_for(seconds(10));
  CHECK(network.settled() == nobody);  // three are none by any table
  network.start(NodeId(6));
  network.run_for(seconds(4));
  REQUIRE(network.settled() != nobody);
  CHECK(network.machine(NodeId(3)).ruling()->weights.empty());
  CHECK(!network.machine(NodeId(3)).weights().empty());
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
