#include "core/quorum/ballot_box.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>

#include "core/base/check.hpp"
#include "core/base/digest.hpp"
#include "core/base/random.hpp"
#include "core/quorum/table_for_tests.hpp"
#include "core/text/to_text.hpp"

using namespace lockstep;
using namespace lockstep::quorum;

namespace {

using Outcome = std::variant<Counted, Evidence>;

const Table four = table_of(Mode::byzantine, 1, {10, 12, 14, 16}, Epoch(3));
const Keyring keys = keyring_of(1);
constexpr Instant noon = Instant() + seconds(43'200);

// Knows what candidates 1, 2 and 3 claim.
BallotBox box_of(const Table& table = four) {
  BallotBox box(hospital_cluster, table);
  for (std::uint32_t candidate = 1; candidate <= 3; ++candidate)
    CHECK(box.note_claim(claim_of(candidate)));
  return box;
}
Vote vote(std::uint32_t voter, std::uint32_t candidate, Instant cast_at = noon) {
  return vote_of(four, voter, candidate, cast_at);
}
Outcome add(BallotBox& box, const Vote& given) { return box.add(noon, given, keys); }
Outcome counted(std::uint64_t weight) { return Counted{weight}; }
Outcome refused(Offence offence, const Vote& given) {
  return Evidence{offence, given.ballot.voter, {given}};
}
Vote changed(Vote given, const auto& change) {
  change(given.ballot);
  return signed_again(given.ballot);
}

}  // namespace

TEST_CASE("votes are weighed, and enough of them are a certificate") {
  BallotBox box = box_of();
  CHECK(four.threshold() == 35);
  CHECK(add(box, vote(4, 2)) == counted(16));
  CHECK(add(box, vote(1, 2)) == counted(26));
  CHECK(add(box, vote(3, 1)) == counted(14));
  CHECK(box.certificate(NodeId(2)) == std::nullopt);
  CHECK(add(box, vote(2, 2)) == counted(38));
  CHECK(box.weight_for(NodeId(2)) == 38);
  CHECK(box.weight_for(NodeId(3)) == 0);
  const Certificate expected{
      Epoch(3), NodeId(2), four.digest(), {vote(1, 2), vote(2, 2), vote(4, 2)}};
  CHECK(box.certificate(NodeId(2)) == expected);
  CHECK(verify(expected, four, keys, hospital_cluster) == std::nullopt);
  CHECK(box.certificate(NodeId(1)) == std::nullopt);
  CHECK(box.certificate(NodeId(9)) == std::nullopt);
}

TEST_CASE("exactly the threshold is enough") {
  const Table table = table_of(Mode::byzantine, 0, {10, 1, 10}, Epoch(3));
  BallotBox box = box_of(table);
  CHECK(table.threshold() == 11);
  CHECK(box.add(noon, vote_of(table, 1, 3, noon), keys) == counted(10));
  CHECK_FALSE(box.certificate(NodeId(3)));
  CHECK(box.add(noon, vote_of(table, 2, 3, noon), keys) == counted(11));
  CHECK(box.certificate(NodeId(3)));
}

TEST_CASE("what is no vote of a member in this epoch leaves no trace") {
  BallotBox box = box_of();
  const BallotBox before = box;
  const Vote good = vote(2, 1);
  const Vote cluster = changed(good, [](Ballot& b) { b.cluster = ClusterId(1); });
  const Vote epoch = changed(good, [](Ballot& b) { b.epoch = Epoch(2); });
  const Vote stranger = changed(good, [](Ballot& b) { b.voter = NodeId(5); });
  Vote forged = good;
  forged.signature.bytes[0] ^= 1;
  Vote named = good;  // signed by another
  named.ballot.voter = NodeId(3);
  CHECK(add(box, cluster) == refused(Offence::wrong_cluster, cluster));
  CHECK(add(box, epoch) == refused(Offence::wrong_epoch, epoch));
  CHECK(add(box, stranger) == refused(Offence::unknown_voter, stranger));
  CHECK(add(box, forged) == refused(Offence::bad_signature, forged));
  CHECK(add(box, named) == refused(Offence::bad_signature, named));
  CHECK(box == before);
}

TEST_CASE("what must not be counted is refused by name") {
  BallotBox box = box_of();
  const Vote good = vote(2, 1);
  const Vote table = changed(good, [](Ballot& b) { b.table = TableDigest(1); });
  const Vote candidate = changed(vote(3, 1), [](Ballot& b) { b.claim.candidate = NodeId(5); });
  const Vote score = changed(good, [](Ballot& b) { b.claim.score = 5'000'000; });
  const Vote digest = changed(good, [](Ballot& b) { b.claim.digest = ScoreDigest(9); });
  const Vote unclaimed = vote(4, 4);
  CHECK(add(box, table) == refused(Offence::wrong_table, table));
  CHECK(add(box, candidate) == refused(Offence::unknown_candidate, candidate));
  CHECK(add(box, score) == refused(Offence::unsupported_score, score));
  CHECK(add(box, digest) == refused(Offence::unsupported_score, digest));
  CHECK(add(box, unclaimed) == refused(Offence::unsupported_score, unclaimed));
  for (std::uint32_t node = 1; node <= 4; ++node) CHECK(box.weight_for(NodeId(node)) == 0);
  CHECK(add(box, good) == counted(12));
  CHECK(box.note_claim(claim_of(4)));
  CHECK(add(box, unclaimed) == counted(16));
}

TEST_CASE("more than 5 minutes ahead is future, more than an hour ago is stale") {
  BallotBox box = box_of();
  const Vote future = vote(1, 1, noon + seconds(300) + nanoseconds(1));
  const Vote stale = vote(2, 1, noon - seconds(3600) - nanoseconds(1));
  CHECK(add(box, future) == refused(Offence::future, future));
  CHECK(add(box, stale) == refused(Offence::stale, stale));
  CHECK(add(box, vote(1, 1, noon + seconds(300))) == counted(10));
  CHECK(add(box, vote(2, 1, noon - seconds(3600))) == counted(22));
  const Vote first = vote(3, 1, Instant(std::numeric_limits<std::int64_t>::min()));
  const Vote last = vote(4, 1, Instant(std::numeric_limits<std::int64_t>::max()));
  CHECK(add(box, first) == refused(Offence::stale, first));
  CHECK(add(box, last) == refused(Offence::future, last));
}

TEST_CASE("a vote that was refused is in no certificate, and convicts nobody") {
  BallotBox box = box_of();
  const Vote stale = vote(3, 2, Instant());
  CHECK(add(box, stale) == refused(Offence::stale, stale));
  CHECK_FALSE(box.convicted(NodeId(3)));
  for (const std::uint32_t voter : {1u, 2u, 4u}) (void)add(box, vote(voter, 2));
  CHECK(box.certificate(NodeId(2)) ==
        Certificate{Epoch(3), NodeId(2), four.digest(), {vote(1, 2), vote(2, 2), vote(4, 2)}});
}

TEST_CASE("the limits are configuration") {
  const VoteLimits none{.ahead = Duration(0), .age = Duration(0)};
  BallotBox box(hospital_cluster, four, none);
  CHECK(box.note_claim(claim_of(1)));
  const Vote early = vote(1, 1, noon - nanoseconds(1));
  const Vote late = vote(1, 1, noon + nanoseconds(1));
  CHECK(add(box, early) == refused(Offence::stale, early));
  CHECK(add(box, late) == refused(Offence::future, late));
  CHECK(add(box, vote(1, 1)) == counted(10));
  CHECK(refusal(VoteLimits{}).empty());
  CHECK(refusal(none).empty());
  CHECK_FALSE(refusal({.ahead = Duration(-1)}).empty());
  CHECK_FALSE(refusal({.age = Duration(-1)}).empty());
  CHECK_THROWS_AS(BallotBox(hospital_cluster, Table{}), CheckFailed);
  CHECK_THROWS_AS(BallotBox(hospital_cluster, four, {.age = Duration(-1)}), CheckFailed);
}

TEST_CASE("the same vote again, or another for the same candidate, is a replay and counts once") {
  BallotBox box = box_of();
  (void)add(box, vote(2, 1));
  const BallotBox before = box;
  CHECK(add(box, vote(2, 1)) == refused(Offence::replay, vote(2, 1)));
  const Vote later = vote(2, 1, noon + seconds(1));
  CHECK(add(box, later) == refused(Offence::replay, later));
  CHECK(box == before);
}

TEST_CASE("who votes for two counts for neither, and the two votes are proof") {
  BallotBox box = box_of();
  const Vote one = vote(4, 1);
  const Vote two = vote(4, 2);
  CHECK(add(box, one) == counted(16));
  const Outcome twice = add(box, two);
  CHECK(twice == Outcome(Evidence{Offence::double_vote, NodeId(4), {one, two}}));
  CHECK(verify(std::get<Evidence>(twice), keyring_of(3), hospital_cluster));
  CHECK(box.convicted(NodeId(4)));
  CHECK_FALSE(box.convicted(NodeId(3)));
  CHECK(box.weight_for(NodeId(1)) == 0);
  CHECK(box.weight_for(NodeId(2)) == 0);
  CHECK(add(box, one) == twice);
  CHECK(add(box, two) == twice);
  CHECK(add(box, vote(4, 3)) == twice);
  CHECK(add(box, vote(3, 1)) == counted(14));
  CHECK(add(box, vote(1, 1)) == counted(24));
  CHECK_FALSE(box.certificate(NodeId(1)));
}

TEST_CASE("a vote that does not count convicts all the same beside another") {
  BallotBox box = box_of();
  const Vote stale = vote(2, 1, Instant());
  const Vote table = changed(vote(2, 3), [](Ballot& b) { b.table = TableDigest(1); });
  CHECK(add(box, stale) == refused(Offence::stale, stale));
  const Outcome twice = add(box, table);
  CHECK(twice == Outcome(Evidence{Offence::double_vote, NodeId(2), {stale, table}}));
  CHECK(verify(std::get<Evidence>(twice), keys, hospital_cluster));
}

TEST_CASE("a candidate's first claim stands") {
  BallotBox box = box_of();
  Claim higher = claim_of(1);
  higher.score += 1;
  const BallotBox before = box;
  CHECK(box.note_claim(claim_of(1)));
  CHECK_FALSE(box.note_claim(higher));
  CHECK_FALSE(box.note_claim(claim_of(5)));
  CHECK(box == before);
}

TEST_CASE("where nobody is asked the certificate is empty") {
  const Table table = table_of(Mode::none, 0, {10, 10}, Epoch(3));
  const BallotBox box(hospital_cluster, table);
  CHECK(box.certificate(NodeId(1)) == Certificate{Epoch(3), NodeId(1), table.digest(), {}});
  CHECK(box.certificate(NodeId(3)) == std::nullopt);
}

TEST_CASE("a box is a value with a text and a digest") {
  BallotBox box = box_of();
  (void)add(box, vote(2, 1));
  Digest one;
  fold(one, box);
  Digest other;
  fold(other, box_of());
  CHECK(one.value() != other.value());
  CHECK(to_text(box).starts_with("ballot_box{cluster=77 table=table{epoch=3 mode=byzantine f=1 "));
}

TEST_CASE("in any order the box counts who signed one vote, and no certificate fails to verify") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    BallotBox box = box_of();
    std::array<std::array<bool, 4>, 5> voted{};  // by voter, candidate
    for (int i = 0; i < 12; ++i) {
      const auto voter = static_cast<std::uint32_t>(random.between(1, 4));
      const auto candidate = static_cast<std::uint32_t>(random.between(1, 3));
      if (voter != 4 && random.below(4) != 0) continue;
      voted[voter][candidate] = true;
      (void)add(box, vote(voter, candidate));
    }
    for (std::uint32_t candidate = 1; candidate <= 3; ++candidate) {
      std::uint64_t weight = 0;
      for (std::uint32_t voter = 1; voter <= 4; ++voter) {
        const auto& by = voted[voter];
        const int different = (by[1] ? 1 : 0) + (by[2] ? 1 : 0) + (by[3] ? 1 : 0);
        if (different == 1 && by[candidate]) weight += four.find(NodeId(voter))->weight.value();
        CHECK(box.convicted(NodeId(voter)) == (different > 1));
      }
      CHECK(box.weight_for(NodeId(candidate)) == weight);
      const auto certificate = box.certificate(NodeId(candidate));
      REQUIRE(certificate.has_value() == (weight >= four.threshold()));
      if (certificate) CHECK(verify(*certificate, four, keys, hospital_cluster) == std::nullopt);
    }
  }
}
