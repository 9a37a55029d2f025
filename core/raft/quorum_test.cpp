#include "core/raft/quorum.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "core/base/random.hpp"

using namespace lockstep;
using namespace lockstep::raft;

TEST_CASE("a majority is more than half, and no more than it must be") {
  for (std::size_t members = 1; members <= 100; ++members) {
    CHECK(2 * majority(members) > members);
    CHECK(2 * (majority(members) - 1) <= members);
  }
}

TEST_CASE("what a majority has reached is what sorting says") {
  Random random(5);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::uint64_t> values(1 + random.below(i % 100 == 0 ? 100 : 9));
    for (auto& value : values) value = random.below(12);
    const auto reached =
        reached_by_majority(values.size(), [&](std::size_t k) { return values[k]; });
    std::sort(values.begin(), values.end());
    REQUIRE(reached == values[values.size() - majority(values.size())]);
  }
}

TEST_CASE("a member's vote counts once") {
  Votes votes(5);
  votes.grant(0);
  votes.grant(3);
  votes.grant(3);
  CHECK_FALSE(votes.won());
  CHECK(votes.granted_by(3));
  CHECK_FALSE(votes.granted_by(4));
  votes.grant(4);
  CHECK(votes.won());
}
