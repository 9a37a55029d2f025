// What goes wrong with quorums that promise less, and what still holds.
#include <doctest/doctest.h>

#include "core/advanced_bully/liar_test.hpp"

using namespace lockstep;
using namespace lockstep::advanced_bully;

namespace {

Config unsafe(quorum::Mode mode) {
  Config config = lan();
  config.mode = mode;
  config.score = bully::fittest();
  config.predicts = false;
  return config;
}

auto between_halves(NodeId last_of_the_first) {
  return [last_of_the_first](NodeId a, NodeId b) {
    return (a <= last_of_the_first) != (b <= last_of_the_first);
  };
}

}  // namespace

TEST_CASE("with a plain majority an equivocator among 5 makes two leaders of one epoch") {
  const Config config = unsafe(quorum::Mode::majority);
  MiniNetwork network(5, config, 1);
  network.observer.expects_split = true;
  network.twist[NodeId(3)] = [](NodeId, const Message&) { return std::vector<Message>{}; };
  Liar liar(network, config, NodeId(3), 1);
  network.overhear = [&](NodeId to, NodeId from, const Message& message) {
    const auto* election = std::get_if<Election>(&message);
    if (to == NodeId(3) && election != nullptr) liar.vote_for_all(*election, from);
  };
  const auto side = [](NodeId id) { return id < NodeId(3) ? -1 : id > NodeId(3) ? 1 : 0; };
  network.cut = [side](NodeId a, NodeId b) { return side(a) * side(b) < 0; };
  network.start_all();
  network.request(NodeId(5), StartElection{});
  network.request(NodeId(2), StartElection{});
  network.run_for(milliseconds(250));
  CHECK(network.observer.split());
  CHECK(network.observer.certified[Epoch(1)] == std::set{NodeId(2), NodeId(5)});

  // Once the certificates meet, the culprit is known to all and one leader is left.
  network.cut = [](NodeId, NodeId) { return false; };
  network.run_for(seconds(3));
  CHECK(network.settled() == NodeId(5));
  for (const NodeId id : network.live_honest()) {
    REQUIRE(network.machine(id).struck().size() == 1);
    CHECK(network.machine(id).struck()[0].voter == NodeId(3));
  }
}

TEST_CASE("the same equivocator makes no second leader of a byzantine quorum of 5") {
  Config config = unsafe(quorum::Mode::byzantine);
  config.f = 1;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    MiniNetwork network(5, config, seed);
    network.latency_high = milliseconds(10);
    network.twist[NodeId(3)] = [](NodeId, const Message&) { return std::vector<Message>{}; };
    Liar liar(network, config, NodeId(3), seed);
    network.overhear = [&](NodeId to, NodeId from, const Message& message) {
      if (to == NodeId(3)) liar.hear(from, message);
    };
    network.start_all();
    network.request(NodeId(5), StartElection{});
    network.request(NodeId(2), StartElection{});
    network.run_for(seconds(3));
    CHECK(!network.observer.split());
    CHECK(network.settled() != nobody);
  }
}

TEST_CASE("without a quorum every half has its leader, and one remains after healing") {
  MiniNetwork network(4, unsafe(quorum::Mode::none), 1);
  network.start_all();
  network.run_for(seconds(1));
  CHECK(network.settled() == NodeId(4));
  network.cut = between_halves(NodeId(2));
  network.run_for(seconds(4));
  CHECK(network.machine(NodeId(2)).role() == RoleName::coordinator);
  CHECK(network.machine(NodeId(4)).role() == RoleName::coordinator);
  CHECK(network.machine(NodeId(2)).may_act(network.now()));
  CHECK(network.machine(NodeId(4)).may_act(network.now()));
  network.cut = [](NodeId, NodeId) { return false; };
  network.run_for(seconds(4));
  CHECK(network.settled() != nobody);
}

TEST_CASE("two that nobody voted for in one epoch are told apart by their ids") {
  MiniNetwork network(4, unsafe(quorum::Mode::none), 1);
  network.cut = between_halves(NodeId(2));
  network.start_all();
  network.run_for(seconds(1));
  CHECK(network.observer.split());
  CHECK(network.machine(NodeId(2)).role() == RoleName::coordinator);
  CHECK(network.machine(NodeId(4)).role() == RoleName::coordinator);
  CHECK(network.machine(NodeId(2)).epoch() == network.machine(NodeId(4)).epoch());
  network.cut = [](NodeId, NodeId) { return false; };
  network.run_for(seconds(2));
  CHECK(network.settled() == NodeId(4));
}

TEST_CASE("half a quorum splits, and the resource refuses the older token all the same") {
  MiniNetwork network(4, unsafe(quorum::Mode::degraded), 1);
  network.start_all();
  network.run_for(seconds(2));
  REQUIRE(network.settled() == NodeId(4));
  network.cut = between_halves(NodeId(2));
  network.run_for(seconds(4));
  REQUIRE(network.machine(NodeId(2)).may_act(network.now()));
  REQUIRE(network.machine(NodeId(4)).may_act(network.now()));
  const Epoch older = network.machine(NodeId(4)).epoch();
  const Epoch newer = network.machine(NodeId(2)).epoch();
  REQUIRE(older < newer);
  network.request(NodeId(2), Guard{"bed 7", "for Ada"});
  network.run_for(milliseconds(10));
  REQUIRE(network.answers.back().second.reply == Reply(Guarded{{newer, 2}}));

  // Only what the older leader sends is let through, and it is told of no newer one.
  network.cut = [](NodeId from, NodeId to) { return from <= NodeId(2) || to == NodeId(3); };
  network.notices.clear();
  network.request(NodeId(4), Guard{"bed 7", "for Bob"});
  network.run_for(milliseconds(10));
  const auto refused = network.noticed<audit::TokenRefused>();
  REQUIRE(refused.size() == 2);
  CHECK(refused[0].second == audit::TokenRefused{{older, 2}, NodeId(4), {newer, 2}});
  for (const NodeId id : {NodeId(1), NodeId(2)})
    CHECK(network.machine(id).resource().kept().find("bed 7")->value == "for Ada");
}
