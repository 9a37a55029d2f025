#include "core/quorum/table.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/base/check.hpp"
#include "core/quorum/table_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::quorum;

namespace {

// The members that a bit mask names.
std::vector<NodeId> chosen(const Table& table, unsigned mask) {
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i < table.members.size(); ++i)
    if ((mask >> i & 1) != 0) nodes.push_back(table.members[i].node);
  return nodes;
}

// The largest weight of up to f members, by trying every set.
std::uint64_t naive_faulty(const Table& table) {
  std::uint64_t most = 0;
  for (unsigned mask = 0; mask < 1u << table.members.size(); ++mask) {
    const std::vector<NodeId> nodes = chosen(table, mask);
    if (nodes.size() <= table.f) most = std::max(most, table.weight_of(nodes));
  }
  return most;
}

// Calls use(table) for every table of n members with ascending weights out of `weights`; order
// changes nothing about sums.
template <class Use>
void each_table(std::uint32_t n, const std::vector<std::uint32_t>& weights, const Use& use,
                std::vector<std::uint32_t> begun = {}, std::size_t from = 0) {
  if (begun.size() == n) {
    for (std::uint32_t f = 0; f <= n; ++f) use(table_of(Mode::byzantine, f, begun));
    return;
  }
  for (std::size_t i = from; i < weights.size(); ++i) {
    std::vector<std::uint32_t> more = begun;
    more.push_back(weights[i]);
    each_table(n, weights, use, more, i);
  }
}

// Whatever any two quorums share weighs more than F, and the honest are a quorum whoever is not.
// Quorums are closed upwards, so the honest are the complements of sets of at most f.
void check_quorums(const Table& table) {
  const unsigned sets = 1u << table.members.size();
  std::vector<std::uint64_t> weight(sets);
  std::vector<unsigned> quorums;
  std::uint64_t faulty = naive_faulty(table);
  REQUIRE(faulty == table.faulty());
  for (unsigned mask = 0; mask < sets; ++mask) {
    const std::vector<NodeId> nodes = chosen(table, mask);
    weight[mask] = table.weight_of(nodes);
    if (table.reaches(nodes)) quorums.push_back(mask);
    if (nodes.size() <= table.f) REQUIRE(table.reaches(chosen(table, sets - 1 - mask)));
  }
  std::uint64_t least = table.total();
  for (const unsigned one : quorums)
    for (const unsigned other : quorums) least = std::min(least, weight[one & other]);
  REQUIRE(least > faulty);
}

}  // namespace

TEST_CASE("weights come from reliability") {
  CHECK(weight_from_reliability(0) == Weight(1));
  CHECK(weight_from_reliability(99) == Weight(1));
  CHECK(weight_from_reliability(100) == Weight(2));
  CHECK(weight_from_reliability(500) == plain);
  CHECK(weight_from_reliability(999) == Weight(19));
  CHECK(weight_from_reliability(1000) == heaviest);
  CHECK(weight_from_reliability(4'294'967'295u) == heaviest);
}

TEST_CASE("thresholds by hand") {
  const Table four = table_of(Mode::byzantine, 1, {10, 10, 10, 10});
  CHECK(four.total() == 40);
  CHECK(four.faulty() == 10);
  CHECK(four.threshold() == 26);  // three of four
  const Table seven = table_of(Mode::byzantine, 2, {10, 10, 10, 10, 10, 10, 10});
  CHECK(seven.threshold() == 46);  // five of seven
  const Table mixed = table_of(Mode::byzantine, 1, {20, 15, 10, 8, 12});
  CHECK(mixed.total() == 65);
  CHECK(mixed.faulty() == 20);
  CHECK(mixed.threshold() == 43);
  CHECK(table_of(Mode::majority, 0, {10, 10, 10, 10}).threshold() == 21);
  CHECK(table_of(Mode::majority, 0, {10, 10, 10, 10, 10}).threshold() == 26);
  CHECK(table_of(Mode::degraded, 1, {10, 10, 10, 10}).threshold() == 20);
  CHECK(table_of(Mode::degraded, 1, {10, 9}).threshold() == 10);
  CHECK(table_of(Mode::none, 0, {10}).threshold() == 0);
  CHECK(table_of(Mode::none, 0, {10}).reaches({}));
}

TEST_CASE("who is no member weighs nothing; voters ascend") {
  const Table table = table_of(Mode::byzantine, 1, {10, 10, 10, 5});
  const std::vector<NodeId> strangers{NodeId(1), NodeId(3), NodeId(9)};
  CHECK(table.weight_of(strangers) == 20);
  CHECK_FALSE(table.reaches(strangers));
  CHECK(table.find(NodeId(4))->weight == Weight(5));
  CHECK(table.find(NodeId(5)) == nullptr);
  CHECK(table.find(nobody) == nullptr);
  const std::vector<NodeId> twice{NodeId(1), NodeId(1)};
  CHECK_THROWS_AS((void)table.weight_of(twice), CheckFailed);
}

TEST_CASE("a table nobody should vote by is refused with the reason and the numbers") {
  const auto why = [](Mode mode, std::uint32_t f, const std::vector<std::uint32_t>& weights) {
    return refusal(table_of(mode, f, weights));
  };
  CHECK(why(Mode::byzantine, 1, {10, 10, 10, 10}).empty());
  CHECK(why(Mode::byzantine, 1, {10, 10, 10}) ==
        "W must be above 3F, or the faulty ones can make two leaders or none (f = 1, W = 30, F = "
        "10, in tenths)");
  CHECK(why(Mode::byzantine, 1, {20, 10, 10, 20}).empty() == false);  // 60 = 3 * 20
  CHECK(why(Mode::byzantine, 1, {20, 11, 10, 20}).empty());
  CHECK(why(Mode::byzantine, 0, {1}).empty());
  CHECK(why(Mode::byzantine, 2, {10}) == "f = 2 of 1 members: there are not so many");
  CHECK(why(Mode::byzantine, 1, {10}).starts_with("W must be above 3F"));
  CHECK(why(Mode::byzantine, 0, {}) == "a table has at least one member");
  CHECK(why(Mode::none, 9, {10}).empty());
  CHECK(why(Mode::byzantine, 0, {10, 0}) == "the weight of n2 is 0, not 1..20 tenths");
  CHECK(why(Mode::none, 0, {21}) == "the weight of n1 is 21, not 1..20 tenths");
  CHECK(why(Mode::majority, 0, {10, 10, 9}) ==
        "the weight of n3 is 9: a majority counts nodes, so all weights are 10 tenths");
  CHECK(why(Mode::majority, 2, {10, 10, 10, 10, 10}).empty());
  CHECK(why(Mode::majority, 2, {10, 10, 10, 10}) ==
        "f is too large: what the others weigh stays below the threshold 21 (f = 2, W = 40, F = "
        "20, in tenths)");
  CHECK(why(Mode::degraded, 2, {10, 10, 10, 10}).empty());
  CHECK_FALSE(why(Mode::degraded, 2, {10, 10, 10}).empty());

  Table table = table_of(Mode::byzantine, 0, {10, 10});
  table.members[1].node = NodeId(1);
  CHECK(refusal(table) == "members must ascend, each once: n1 follows n1");
  table.members[0].node = NodeId(2);
  CHECK(refusal(table) == "members must ascend, each once: n1 follows n2");
  table.members[0].node = nobody;
  CHECK(refusal(table) == "- cannot be a member");
  table.members[0].node = NodeId(client_base);
  CHECK(refusal(table) == "c0 cannot be a member");
}

TEST_CASE("a struck culprit is out of the next epoch's table, and f is one less") {
  const Table table = table_of(Mode::byzantine, 1, {10, 12, 14, 16, 18}, Epoch(4));
  Table expected = table;
  expected.epoch = Epoch(5);
  expected.f = 0;
  expected.members.erase(expected.members.begin() + 2);
  CHECK(table.strike(NodeId(3)) == expected);
  CHECK(expected.strike(NodeId(1)).f == 0);
  CHECK(table.strike(NodeId(9)) == table.in(Epoch(5)));
  CHECK(table.in(Epoch(4)) == table);
  CHECK_FALSE(refusal(table_of(Mode::byzantine, 0, {10}).strike(NodeId(1))).empty());
}

TEST_CASE("the digest tells tables apart by every part") {
  const Table table = table_of(Mode::byzantine, 1, {10, 12, 14, 16});
  std::vector<Table> others(6, table);
  others[0].epoch = Epoch(2);
  others[1].mode = Mode::degraded;
  others[2].f = 0;
  others[3].members[2].weight = Weight(15);
  others[4].members[3].node = NodeId(9);
  others[5].members.pop_back();
  for (const Table& other : others) CHECK(other.digest() != table.digest());
  CHECK(Table(table).digest() == table.digest());
}

TEST_CASE("two quorums share more than F and the honest are one: all weights, 4 members at most") {
  std::vector<std::uint32_t> all;
  for (std::uint32_t weight = 1; weight <= 20; ++weight) all.push_back(weight);
  int held = 0;
  for (std::uint32_t n = 1; n <= 4; ++n) {
    each_table(n, all, [&](const Table& table) {
      const bool sound = table.total() > 3 * naive_faulty(table);
      REQUIRE(refusal(table).empty() == sound);
      if (!sound) return;
      check_quorums(table);
      ++held;
    });
  }
  CHECK(held > 5000);
}

TEST_CASE("two quorums share more than F and the honest are one: 5 to 7 members") {
  int held = 0;
  for (std::uint32_t n = 5; n <= 7; ++n) {
    each_table(n, {1, 7, 10, 20}, [&](const Table& table) {
      if (!refusal(table).empty()) return;
      check_quorums(table);
      held += table.f == 2 ? 1 : 0;
    });
  }
  CHECK(held > 0);
}

TEST_CASE("no smaller threshold would do: with equal weights one less shares F or less") {
  for (std::uint32_t n = 1; n <= 7; ++n) {
    const std::uint32_t f = (n - 1) / 3;
    const Table table = table_of(Mode::byzantine, f, std::vector<std::uint32_t>(n, 10));
    const std::uint64_t nodes = (table.threshold() + 9) / 10;
    CHECK(2 * nodes - n > f);
    CHECK(2 * (nodes - 1) <= n + f);
  }
}
