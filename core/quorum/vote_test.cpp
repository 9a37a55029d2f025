#include "core/quorum/vote.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "core/base/check.hpp"
#include "core/quorum/ideal_scheme.hpp"
#include "core/quorum/offence.hpp"
#include "core/quorum/table_for_tests.hpp"
#include "core/text/to_text.hpp"
#include "core/wire/codec.hpp"

using namespace lockstep;
using namespace lockstep::quorum;

namespace {

const Table four_alike = table_of(Mode::byzantine, 1, {10, 10, 10, 10});

Evidence double_vote(const Vote& one, const Vote& other) {
  return {Offence::double_vote, one.ballot.voter, {one, other}};
}

}  // namespace

TEST_CASE("the ideal scheme: a signature is of one node, one seed and these bytes") {
  const Keyring one = ideal_keyring(5, NodeId(1), 3);
  const Keyring two = ideal_keyring(5, NodeId(2), 3);
  CHECK(one == ideal_keyring(5, NodeId(1), 3));
  CHECK(one.keys == two.keys);
  CHECK(one.keys.size() == 3);
  CHECK(one.secret != two.secret);
  CHECK(one.secret != ideal_secret(6, NodeId(1)));
  CHECK(one.keys.find(NodeId(1))->bytes != one.secret.bytes);
  Signature signature = one.sign("bytes");
  CHECK(two.verify(NodeId(1), "bytes", signature));
  CHECK_FALSE(two.verify(NodeId(2), "bytes", signature));
  CHECK_FALSE(two.verify(NodeId(4), "bytes", signature));
  CHECK_FALSE(two.verify(NodeId(1), "byteS", signature));
  CHECK_FALSE(two.verify(NodeId(1), "bytes ", signature));
  for (std::uint8_t& byte : signature.bytes) {
    byte ^= 1;
    CHECK_FALSE(two.verify(NodeId(1), "bytes", signature));
    byte ^= 1;
  }
}

TEST_CASE("keys differ in every word between nodes, and text keeps a secret") {
  for (std::uint32_t node = 2; node <= 50; ++node)
    for (std::size_t i = 0; i < 32; i += 8) {
      const auto one = ideal_secret(1, NodeId(1)).bytes;
      const auto other = ideal_secret(1, NodeId(node)).bytes;
      REQUIRE_FALSE(std::equal(&one[i], &one[i] + 8, &other[i]));
    }
  const auto words = ideal_secret(1, NodeId(1)).bytes;
  CHECK_FALSE(std::equal(&words[0], &words[0] + 8, &words[8]));
  CHECK(to_text(ideal_secret(1, NodeId(1))) == "secret_key");
  CHECK(to_text(PublicKey{}) == "public_key{bytes=" + std::string(64, '0') + "}");
  CHECK(to_text(Signature{}) == "signature{bytes=0000000000000000...(64 bytes)}");
}

TEST_CASE("every part of a ballot is signed") {
  const Vote vote = vote_of(four_alike, 2, 3);
  const Keyring reader = keyring_of(1);
  CHECK(authentic(vote, reader));
  std::vector<Vote> changed(8, vote);
  changed[0].ballot.cluster = ClusterId(1);
  changed[1].ballot.epoch = Epoch(2);
  changed[2].ballot.table = TableDigest(1);
  changed[3].ballot.claim.candidate = NodeId(4);
  changed[4].ballot.claim.score = 9999;
  changed[5].ballot.claim.digest = ScoreDigest(9999);
  changed[6].ballot.cast_at = Instant(1);
  changed[7].ballot.voter = NodeId(4);
  for (const Vote& other : changed) CHECK_FALSE(authentic(other, reader));
  CHECK_THROWS_AS((void)cast(vote.ballot, keyring_of(3)), CheckFailed);
}

TEST_CASE("what is signed is a line of its own and the encoding") {
  const Ballot ballot{ClusterId(1), Epoch(2), TableDigest(3), {NodeId(4), -1, ScoreDigest(5)},
                      Instant(3),   NodeId(6)};
  CHECK(signed_bytes(ballot) == "lockstep ballot 1\n\x01\x02\x03\x04\x01\x05\x06\x06");
}

TEST_CASE("two votes for different candidates in one epoch prove the voter guilty to anybody") {
  const Table other_table = table_of(Mode::byzantine, 0, {10, 10, 10, 10});
  const Keyring reader = keyring_of(4);
  const Vote one = vote_of(four_alike, 2, 1);
  CHECK(verify(double_vote(one, vote_of(four_alike, 2, 3)), reader, hospital_cluster));
  CHECK(verify(double_vote(vote_of(four_alike, 2, 3), one), reader, hospital_cluster));
  CHECK(verify(double_vote(one, vote_of(other_table, 2, 3)), reader, hospital_cluster));
}

TEST_CASE("anything less proves nothing") {
  const Keyring reader = keyring_of(4);
  const Vote one = vote_of(four_alike, 2, 1);
  const Vote other = vote_of(four_alike, 2, 3);
  const auto proves = [&](const Evidence& evidence) {
    return verify(evidence, reader, hospital_cluster);
  };
  CHECK_FALSE(proves(double_vote(one, one)));
  CHECK_FALSE(proves(double_vote(one, vote_of(four_alike, 2, 1, Instant(5)))));
  CHECK_FALSE(proves(double_vote(one, vote_of(four_alike, 3, 3))));
  CHECK_FALSE(proves(double_vote(one, vote_of(four_alike.in(Epoch(2)), 2, 3))));
  CHECK_FALSE(proves({Offence::double_vote, NodeId(3), {one, other}}));
  CHECK_FALSE(proves({Offence::double_vote, NodeId(2), {vote_of(four_alike, 3, 3), one}}));
  CHECK_FALSE(proves({Offence::double_vote, NodeId(2), {one}}));
  CHECK_FALSE(proves({Offence::double_vote, NodeId(2), {one, other, other}}));
  CHECK_FALSE(proves({Offence::replay, NodeId(2), {one, other}}));
  CHECK_FALSE(verify(double_vote(one, other), reader, ClusterId(1)));
  CHECK_FALSE(verify(double_vote(one, other), ideal_keyring(6, NodeId(4), 7), hospital_cluster));
  Vote forged = other;
  forged.signature.bytes[0] ^= 1;
  CHECK_FALSE(proves(double_vote(one, forged)));
  CHECK_FALSE(proves(double_vote(forged, one)));
  Ballot elsewhere = other.ballot;
  elsewhere.cluster = ClusterId(1);
  CHECK_FALSE(proves(double_vote(one, signed_again(elsewhere))));
  CHECK_FALSE(proves(double_vote(signed_again(elsewhere), one)));
}

TEST_CASE("each offence has a name of its own") {
  for (std::size_t i = 0; i < enumerator_count(Offence{}); ++i) {
    CHECK(name_of(static_cast<Offence>(i)) != "?");
    for (std::size_t j = 0; j < i; ++j)
      CHECK(name_of(static_cast<Offence>(i)) != name_of(static_cast<Offence>(j)));
  }
  CHECK(name_of(static_cast<Offence>(enumerator_count(Offence{}))) == "?");
}
