// Peers that lie: what they may cost is time.
#include <doctest/doctest.h>

#include "core/advanced_bully/liar_test.hpp"

using namespace lockstep;
using namespace lockstep::advanced_bully;

namespace {

Config hospital(std::uint32_t f = 1) {
  Config config = lan();
  config.f = f;
  config.score = bully::fittest();
  config.predicts = false;
  return config;
}

// Makes nodes 1..count liars that say nothing by themselves.
std::vector<Liar> corrupt(MiniNetwork& network, const Config& config, std::uint32_t count,
                          std::uint64_t seed) {
  std::vector<Liar> liars;
  for (NodeId id(1); id <= NodeId(count); ++id) {
    network.twist[id] = [](NodeId, const Message&) { return std::vector<Message>{}; };
    liars.emplace_back(network, config, id, mix_seed(seed, id.value()));
  }
  return liars;
}

void listen(MiniNetwork& network, std::vector<Liar>& liars) {
  network.overhear = [&liars](NodeId to, NodeId from, const Message& message) {
    if (to <= NodeId(static_cast<std::uint32_t>(liars.size())))
      liars[to.value() - 1].hear(from, message);
  };
}

}  // namespace

TEST_CASE("who votes for two in one epoch is proven and struck from every honest node's table") {
  const Config config = hospital();
  MiniNetwork network(4, config, 1);
  auto liars = corrupt(network, config, 1, 1);
  listen(network, liars);
  network.start_all();
  network.request(NodeId(4), StartElection{});
  network.request(NodeId(3), StartElection{});
  network.run_for(milliseconds(20));
  CHECK(network.settled() == NodeId(4));
  REQUIRE(network.machine(NodeId(4)).ruling()->certificate.votes.size() == 3);
  for (const NodeId id : network.live_honest()) {
    REQUIRE(network.machine(id).struck().size() == 1);
    CHECK(network.machine(id).struck()[0].voter == NodeId(1));
    CHECK(quorum::verify(network.machine(id).struck()[0], network.keyring(id), config.cluster));
  }
  const auto caught = network.noticed<audit::ByzantineDetected>();
  REQUIRE(caught.size() == 3);
  for (const auto& [node, event] : caught) {
    CHECK(event.culprit == NodeId(1));
    CHECK(event.offence == "double_vote");
    CHECK(event.evidence != Hash{});
  }
  // The next epoch is decided without it, by two of three; restarts do not forget.
  for (const NodeId id : {NodeId(2), NodeId(3)}) {
    network.crash(id);
    network.start(id);
    CHECK(network.machine(id).struck().size() == 1);
  }
  network.crash(NodeId(4));
  network.run_for(seconds(3));
  CHECK(network.settled() == NodeId(3));
  const quorum::Certificate& next = network.machine(NodeId(3)).ruling()->certificate;
  CHECK(next.votes.size() == 2);
  CHECK(next.votes[0].ballot.voter == NodeId(2));
}

TEST_CASE("liars that do all they can make no second leader and stop no honest quorum") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    Random random(mix_seed(seed, 3));
    const std::uint32_t f = 1 + static_cast<std::uint32_t>(seed % 2);
    const Config config = hospital(f);
    MiniNetwork network(3 * f + 1, config, seed);
    network.latency_high = milliseconds(random.between(1, 40));
    network.disk_high = milliseconds(random.between(0, 5));
    auto liars = corrupt(network, config, f, seed);
    for (Liar& liar : liars) liar.careful = random.below(3) > 0;
    listen(network, liars);
    for (const NodeId id : network.everybody())
      if (!network.honest(id) && random.below(2) == 0)
        network.twist[id] = [](NodeId, const Message& m) { return std::vector<Message>{m}; };
    network.start_all();
    int led = 0;
    for (int turn = 0; turn < 2000; ++turn) {
      for (Liar& liar : liars) liar.act();
      const NodeId honest(f + 1 + static_cast<std::uint32_t>(random.below(2 * f + 1)));
      if (turn < 1000 && random.below(100) == 0) network.crash(honest);
      if (turn == 1000 || random.below(20) == 0) network.start_all();
      if (network.alive(NodeId(f + 1)) &&
          network.machine(NodeId(f + 1)).role() == RoleName::coordinator)
        network.request(NodeId(f + 1), Guard{"bed", "taken"});
      network.run_for(milliseconds(random.between(1, 20)));
      if (turn >= 1500) led += network.settled() != nobody;
    }
    CHECK(led > 450);  // of the last 500 turns
    for (const NodeId id : network.live_honest()) {
      CHECK(network.trail_verifies(id));
      CHECK(network.machine(id).trail().last() < audit::Sequence(200));
      for (const quorum::Evidence& proof : network.machine(id).struck())
        CHECK(!network.honest(proof.voter));
    }
  }
}

TEST_CASE("a liar that says it is fitter and never comes forward costs one coordinator_timeout") {
  const Config config = hospital();
  MiniNetwork network(4, config, 1);
  auto liars = corrupt(network, config, 1, 1);
  network.overhear = [&](NodeId to, NodeId from, const Message& message) {
    const auto* election = std::get_if<Election>(&message);
    if (to == NodeId(1) && election != nullptr)
      network.say(NodeId(1), from, advanced_bully::Answer{election->epoch});
  };
  network.start_all();
  network.run_for(config.answer_timeout + config.coordinator_timeout + milliseconds(10));
  CHECK(network.settled() != nobody);
}

TEST_CASE("a liar that stands in epoch after epoch uses up no honest node's patience twice") {
  for (const std::uint32_t f : {1u, 2u}) {
    const Config config = hospital(f);
    MiniNetwork network(3 * f + 1, config, 1);
    auto liars = corrupt(network, config, f, 1);
    network.start_all();
    Epoch epoch;
    int waited = 0;
    for (; network.settled() == nobody && waited < 5000; waited += 5) {
      for (Liar& liar : liars) {
        ++epoch;
        for (const NodeId id : network.live_honest()) liar.stand(id, epoch);
      }
      network.run_for(milliseconds(5));
    }
    CHECK(milliseconds(waited) < config.coordinator_timeout * (f + 1) + config.answer_timeout * 4);
  }
}

TEST_CASE("an honest node that a liar leads into far epochs is caught up with") {
  const Config config = hospital();
  MiniNetwork network(4, config, 1);
  auto liars = corrupt(network, config, 1, 1);
  network.start_all();
  for (int turn = 0; turn < 3000; ++turn) {
    liars[0].stand(NodeId(2), Epoch(network.machine(NodeId(2)).newest().value() + (1u << 20)));
    network.run_for(milliseconds(1));
  }
  CHECK(network.machine(NodeId(2)).newest() > Epoch(1u << 20));
  int waited = 0;
  for (; network.settled() == nobody && waited < 5000; ++waited) {
    liars[0].stand(NodeId(2), Epoch(network.machine(NodeId(2)).newest().value() + (1u << 20)));
    network.run_for(milliseconds(1));
  }
  CHECK(milliseconds(waited) < seconds(3));
  // Such epochs would last for a long time: they grow by one jump an answer_timeout at most.
  CHECK(network.machine(NodeId(2)).newest() < Epoch(std::uint64_t{1} << 28));
}

TEST_CASE("a leader that lies to be heard by one only is voted out by the others") {
  const Config config = hospital();
  MiniNetwork network(4, config, 1);
  network.start_all();
  network.run_for(seconds(1));
  REQUIRE(network.settled() == NodeId(4));
  network.twist[NodeId(4)] = [](NodeId to, const Message& message) {
    const bool heartbeat = std::holds_alternative<Heartbeat>(message);
    return heartbeat && to == NodeId(3) ? std::vector<Message>{message} : std::vector<Message>{};
  };
  network.run_for(config.election_timeout * 2 + config.coordinator_timeout * 2);
  CHECK(network.settled() == NodeId(3));
}

TEST_CASE("bad messages without end are refused, and the trail does not grow with them") {
  const Config config = hospital();
  MiniNetwork network(4, config, 1);
  auto liars = corrupt(network, config, 1, 1);
  liars[0].careful = true;
  network.start_all();
  network.run_for(seconds(3));
  REQUIRE(network.settled() == NodeId(4));
  listen(network, liars);
  const auto before = network.machine(NodeId(2)).trail().last().value();
  for (int turn = 0; turn < 20'000; ++turn) {
    liars[0].act();
    if (turn % 100 == 0) network.run_for(milliseconds(1));
  }
  network.run_for(seconds(1));
  CHECK(network.settled() == NodeId(4));
  CHECK(network.machine(NodeId(2)).trail().last().value() <= before + 14);
  CHECK(network.machine(NodeId(2)).resource().seen().none());
}
