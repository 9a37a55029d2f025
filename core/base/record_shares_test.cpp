#include "core/base/record_shares.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "core/base/check.hpp"
#include "core/base/random.hpp"

using namespace lockstep;

namespace {

using Told = RecordShares::Told;
constexpr std::nullopt_t nothing = std::nullopt;

Told told(std::optional<RecordSeq> first, std::optional<RecordSeq> second) {
  return {first, second};
}

}  // namespace

TEST_CASE("each side is told of its own records, in its own numbers") {
  RecordShares shares;
  shares.wrote(0, 2);  // 1, 2
  shares.wrote(1, 3);  // 3, 4, 5
  shares.wrote(0, 1);  // 6
  CHECK(shares.persisted(RecordSeq(1)) == told(RecordSeq(1), nothing));
  CHECK(shares.persisted(RecordSeq(4)) == told(RecordSeq(2), RecordSeq(2)));
  CHECK(shares.persisted(RecordSeq(6)) == told(RecordSeq(3), RecordSeq(3)));
}

TEST_CASE("who has nothing among what became durable is told nothing") {
  RecordShares shares;
  shares.wrote(1, 2);
  shares.wrote(0, 1);
  CHECK(shares.persisted(RecordSeq(2)) == told(nothing, RecordSeq(2)));
  CHECK(shares.persisted(RecordSeq(2)) ==
        told(nothing, nothing));  // a disk that lies says it twice
  CHECK(shares.persisted(RecordSeq(3)) == told(RecordSeq(1), nothing));
  shares.wrote(0, 0);
  CHECK(shares.persisted(RecordSeq(3)) == told(nothing, nothing));
}

TEST_CASE("a run of records that grows while a part of it is durable") {
  RecordShares shares;
  shares.wrote(0, 2);
  CHECK(shares.persisted(RecordSeq(1)) == told(RecordSeq(1), nothing));
  shares.wrote(0, 2);
  CHECK(shares.persisted(RecordSeq(3)) == told(RecordSeq(3), nothing));
  CHECK(shares.persisted(RecordSeq(4)) == told(RecordSeq(4), nothing));
}

TEST_CASE("what was never written is not durable") {
  RecordShares shares;
  shares.wrote(0, 1);
  CHECK_THROWS_AS(shares.persisted(RecordSeq(2)), CheckFailed);
}

TEST_CASE("shares agree with a list of every record's side") {
  Random random(7);
  for (int life = 0; life < 200; ++life) {
    RecordShares shares;
    std::vector<std::size_t> sides;  // of every record
    std::uint64_t durable = 0;
    for (int turn = 0; turn < 60; ++turn) {
      if (random.below(2) == 0) {
        const std::size_t side = random.below(2), count = random.below(4);
        shares.wrote(side, count);
        sides.insert(sides.end(), count, side);
        continue;
      }
      const std::uint64_t upto = durable + random.below(sides.size() - durable + 1);
      Told expected;
      for (std::uint64_t at = durable; at < upto; ++at) expected[sides[at]] = RecordSeq();
      for (std::uint64_t at = 0; at < upto; ++at) {
        if (auto& own = expected[sides[at]]) ++*own;
      }
      REQUIRE(shares.persisted(RecordSeq(upto)) == expected);
      durable = upto;
    }
  }
}
