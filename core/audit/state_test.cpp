#include "core/audit/state.hpp"

#include <doctest/doctest.h>

#include "core/audit/events_for_tests.hpp"

namespace lockstep::audit {
namespace {

State after(const std::vector<What>& all) {
  State state;
  Instant at;
  for (const What& what : all) apply(Event{{}, at = at + seconds(1), what, {}}, state);
  return state;
}

State counted(std::vector<std::pair<Kind, std::uint64_t>> counts) {
  State state;
  for (const auto& [kind, count] : counts) state.counts[kind] = count;
  return state;
}

TEST_CASE("one of each kind") {
  State expected;
  expected.leader = NodeId(4);
  expected.epoch = Epoch(3);
  expected.token = {Epoch(3), 300};
  expected.struck[NodeId(2)] = "two_votes";
  for (std::uint8_t kind = 0; kind < 12; ++kind) expected.counts[static_cast<Kind>(kind)] = 1;
  CHECK(after(tests::one_of_each()) == expected);
  CHECK(after({}) == State{});
}

TEST_CASE("a node is down from its first failure until it is back") {
  State expected = counted({{Kind::node_failed, 3}, {Kind::node_recovered, 2}});
  expected.down[NodeId(2)] = Instant() + seconds(2);
  CHECK(after({NodeRecovered{NodeId(3)}, NodeFailed{NodeId(2)}, NodeFailed{NodeId(1)},
               NodeFailed{NodeId(2)}, NodeRecovered{NodeId(1)}}) == expected);
}

TEST_CASE("epoch and token only grow, the leader is the last") {
  State expected = counted({{Kind::leader_changed, 2}, {Kind::token_issued, 3}});
  expected.leader = nobody;
  expected.epoch = Epoch(5);
  expected.token = {Epoch(5), 1};
  CHECK(after({LeaderChanged{Epoch(5), nobody, NodeId(1)}, TokenIssued{{Epoch(4), 9}, NodeId(1)},
               TokenIssued{{Epoch(5), 1}, NodeId(1)}, TokenIssued{{Epoch(4), 10}, NodeId(1)},
               LeaderChanged{Epoch(4), NodeId(1), nobody}}) == expected);
}

TEST_CASE("what an offender or a refused holder claims moves neither epoch nor token") {
  State expected = counted({{Kind::byzantine_detected, 2}, {Kind::token_refused, 1}});
  expected.struck[NodeId(3)] = "from_the_future";
  CHECK(after({ByzantineDetected{Epoch(99), NodeId(3), "from_the_future", {}},
               ByzantineDetected{Epoch(98), NodeId(3), "two_votes", {}},
               TokenRefused{{Epoch(97), 1}, NodeId(3), {}}}) == expected);
}

TEST_CASE("each kind has its epoch and the node it is about") {
  const std::vector<std::pair<std::uint64_t, std::uint32_t>> expected = {
      {3, 2}, {3, 4}, {3, 4}, {0, 1}, {0, 1}, {0, 1},
      {3, 4}, {3, 2}, {3, 4}, {3, 2}, {3, 4}, {2, 2}};
  const std::vector<What> all = tests::one_of_each();
  REQUIRE(all.size() == expected.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    CHECK(epoch_of(all[i]) == Epoch(expected[i].first));
    CHECK(subject_of(all[i]) == NodeId(expected[i].second));
  }
}

}  // namespace
}  // namespace lockstep::audit
