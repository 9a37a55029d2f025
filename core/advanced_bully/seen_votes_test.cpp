#include "core/advanced_bully/seen_votes.hpp"

#include <doctest/doctest.h>

#include <map>

#include "core/base/random.hpp"

using namespace lockstep;
using namespace lockstep::advanced_bully;

namespace {

quorum::Vote vote(std::uint64_t epoch, std::uint32_t candidate, std::int64_t at = 0) {
  quorum::Vote vote;
  vote.ballot.epoch = Epoch(epoch);
  vote.ballot.claim.candidate = NodeId(candidate);
  vote.ballot.cast_at = Instant(at);
  return vote;
}

}  // namespace

TEST_CASE("a vote for another candidate of an epoch is told from one seen again") {
  SeenVotes seen;
  CHECK(!seen.note(vote(3, 1)));
  CHECK(!seen.note(vote(3, 1, 9)));
  CHECK(!seen.note(vote(2, 2)));
  CHECK(seen.note(vote(3, 2)) == vote(3, 1));
  CHECK(seen.note(vote(2, 1)) == vote(2, 2));
  CHECK(seen.note(vote(3, 2)) == vote(3, 1));  // the first stays
}

TEST_CASE("as a map that forgets its lowest epochs remembers them") {
  Random random(4);
  SeenVotes seen;
  std::map<Epoch, quorum::Vote> naive;
  for (int turn = 0; turn < 20'000; ++turn) {
    const quorum::Vote next =
        vote(random.below(40), 1 + static_cast<std::uint32_t>(random.below(9) == 0), turn);
    const auto known = naive.find(next.ballot.epoch);
    std::optional<quorum::Vote> expected;
    if (known == naive.end())
      naive.emplace(next.ballot.epoch, next);
    else if (known->second.ballot.claim.candidate != next.ballot.claim.candidate)
      expected = known->second;
    if (naive.size() > SeenVotes::most) naive.erase(naive.begin());
    REQUIRE(seen.note(next) == expected);
    if (random.below(100) == 0) seen = {}, naive.clear();
  }
}
