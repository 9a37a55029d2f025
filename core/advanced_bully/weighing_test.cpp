// What weights from reliability may change, and what no weights may.
#include "core/advanced_bully/weighing.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "core/base/random.hpp"
#include "core/quorum/table_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::advanced_bully;
using quorum::Mode;
using quorum::Table;
using quorum::table_of;
using quorum::Weight;

namespace {

std::vector<NodeId> set_of(std::uint32_t bits) {
  std::vector<NodeId> nodes;
  for (std::uint32_t n = 1; bits >> (n - 1) != 0; ++n)
    if ((bits >> (n - 1) & 1) != 0) nodes.push_back(NodeId(n));
  return nodes;
}
std::uint32_t quorums(const Table& table) {
  std::uint32_t all = 0;  // at most 5 members: a bit for each set of them
  for (std::uint32_t bits = 0; bits < (1u << table.members.size()); ++bits)
    if (table.reaches(set_of(bits))) all |= 1u << bits;
  return all;
}
// Weights drawn from these, in every order.
void each_weights(std::uint32_t n, const std::vector<std::uint32_t>& from, Weights& weights,
                  const std::function<void()>& found) {
  if (weights.size() == n) return found();
  for (const std::uint32_t weight : from) {
    weights.push_back(Weight(weight));
    each_weights(n, from, weights, found);
    weights.pop_back();
  }
}

}  // namespace

TEST_CASE("certificates by any two weights share more than f voters, and n - f are always enough") {
  for (std::uint32_t n = 1; n <= 5; ++n) {
    const std::uint32_t f = (n - 1) / 3;
    const Table configured = table_of(Mode::byzantine, f, std::vector<std::uint32_t>(n, 10));
    std::vector<bool> is_certificate(1u << n);
    int held = 0;
    Weights weights;
    each_weights(n, {1, 2, 7, 10, 13, 20}, weights, [&] {
      if (!are_weights(configured, weights)) return;
      ++held;
      const Table table = weighed(configured, weights);
      for (std::uint32_t bits = 0; bits < (1u << n); ++bits) {
        const auto voters = set_of(bits);
        const bool certifies = table.reaches(voters) && configured.reaches(voters);
        if (certifies) is_certificate[bits] = true;
        if (voters.size() >= n - f) REQUIRE(certifies);
      }
      if (n == 3 * f + 1) REQUIRE(quorums(table) == quorums(configured));
    });
    CHECK(held > 5);
    for (std::uint32_t one = 0; one < (1u << n); ++one)
      for (std::uint32_t other = 0; other < (1u << n); ++other)
        if (is_certificate[one] && is_certificate[other]) REQUIRE(set_of(one & other).size() > f);
  }
}

TEST_CASE(
    "by their own weights alone two tables may elect two leaders: the configured one is asked") {
  const Table one = table_of(Mode::byzantine, 1, {20, 20, 20, 1, 1});
  const Table other = table_of(Mode::byzantine, 1, {1, 1, 20, 20, 20});
  CHECK(one.reaches(set_of(0b00111)));
  CHECK(other.reaches(set_of(0b11100)));
}

TEST_CASE("each round takes a weight a tenth nearer to what its node was worth") {
  const Table configured = table_of(Mode::byzantine, 1, {10, 10, 10, 10, 10});
  Weighing weighing;
  Weights known;
  for (int turn = 1; turn <= 30; ++turn) {
    for (std::uint32_t beat = 1; beat <= Weighing::round; ++beat) {
      for (const std::uint32_t node : {1u, 2u, 3u}) weighing.answered(NodeId(node));
      if (beat % 2 == 0) weighing.answered(NodeId(4));
      const auto next = weighing.beat(configured, known);
      REQUIRE(next.has_value() == (beat == Weighing::round));
      if (next) known = *next;
    }
    const auto up = static_cast<std::uint32_t>(std::min(20, 10 + turn));
    const auto down = static_cast<std::uint32_t>(std::max(1, 10 - turn));
    REQUIRE(known == Weights{Weight(up), Weight(up), Weight(up), Weight(10), Weight(down)});
  }
}

TEST_CASE("weights that would not hold are not taken") {
  const Table configured = table_of(Mode::byzantine, 1, {10, 10, 10, 10});
  const Table majority = table_of(Mode::majority, 0, {10, 10, 10});
  const auto of = [](std::vector<std::uint32_t> tenths) {
    Weights weights;
    for (const std::uint32_t weight : tenths) weights.push_back(Weight(weight));
    return weights;
  };
  CHECK(are_weights(configured, {}));
  CHECK(are_weights(configured, of({20, 20, 20, 1})));
  for (const Weights& bad : {of({20, 20, 19, 1}), of({10, 10, 10}), of({10, 10, 10, 10, 10}),
                             of({0, 10, 10, 10}), of({21, 20, 20, 20})})
    CHECK(!are_weights(configured, bad));
  CHECK(are_weights(majority, of({10, 10, 10})));
  CHECK(!are_weights(majority, of({10, 11, 10})));

  // Two of four that answer nothing lose weight as long as the table holds.
  Weighing weighing;
  Weights known;
  for (int beat = 0; beat < 1000; ++beat) {
    for (const std::uint32_t node : {1u, 2u}) weighing.answered(NodeId(node));
    if (const auto next = weighing.beat(configured, known)) known = *next;
    REQUIRE(are_weights(configured, known));
  }
  CHECK(known == of({13, 13, 7, 7}));

  // Struck is the heaviest or the lightest: the table without it is by these weights if it can.
  const Table struck = configured.strike(NodeId(4));
  CHECK(weighed(struck, of({20, 20, 20, 1})).members[0].weight == Weight(20));
  Table strict = configured.strike(NodeId(1));
  strict.f = 1;
  CHECK(weighed(strict, of({20, 20, 20, 1})) == strict);
}
