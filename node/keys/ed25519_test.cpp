#include "node/keys/ed25519.hpp"

#include <doctest/doctest.h>
#include <openssl/err.h>

#include <set>
#include <thread>
#include <vector>

#include "core/base/random.hpp"
#include "core/quorum/ballot_box.hpp"
#include "core/quorum/ideal_scheme.hpp"
#include "core/quorum/table_for_tests.hpp"
#include "node/keys/keys_for_tests.hpp"

namespace lockstep::node {
namespace {

using quorum::PublicKey;
using quorum::SecretKey;
using quorum::Signature;

const quorum::Scheme scheme = ed25519_scheme();

TEST_CASE("the published examples: keys and signatures are those of RFC 8032") {
  for (const Rfc8032Example& example : rfc8032_examples) {
    CAPTURE(example.title);
    const auto secret = from_hex<SecretKey>(example.secret);
    const auto key = from_hex<PublicKey>(example.key);
    const auto signature = from_hex<Signature>(example.signature);
    const std::string message = bytes_of_hex(example.message);
    CHECK(ed25519_public(secret) == key);
    CHECK(scheme.sign(secret, message) == signature);
    CHECK(scheme.verify(key, message, signature));
    CHECK(refusal(key).empty());
  }
}

TEST_CASE("a flipped bit of signature, key or message is refused, each one of them") {
  const SecretKey secret = example_secret(2);
  const PublicKey key = ed25519_public(secret);
  const std::string message = "a vote";
  const Signature signature = scheme.sign(secret, message);
  REQUIRE(scheme.verify(key, message, signature));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Signature wrong = signature;
    wrong.bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    CHECK_MESSAGE(!scheme.verify(key, message, wrong), bit);
  }
  for (std::size_t bit = 0; bit < 256; ++bit) {
    PublicKey wrong = key;
    wrong.bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    CHECK_MESSAGE(!scheme.verify(wrong, message, signature), bit);
  }
  for (std::size_t bit = 0; bit < 8 * message.size(); ++bit) {
    std::string wrong = message;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << bit % 8));
    CHECK_MESSAGE(!scheme.verify(key, wrong, signature), bit);
  }
}

TEST_CASE("a message that is shorter, longer or empty is another one") {
  const SecretKey secret = example_secret(1);
  const PublicKey key = ed25519_public(secret);
  const Signature of_empty = scheme.sign(secret, std::string_view());
  CHECK(of_empty == from_hex<Signature>(rfc8032_examples[0].signature));
  CHECK(scheme.verify(key, std::string_view(), of_empty));
  CHECK(!scheme.verify(key, std::string_view("\0", 1), of_empty));
  const std::string message(1000, 'm');
  const Signature signature = scheme.sign(secret, message);
  CHECK(scheme.verify(key, message, signature));
  CHECK(!scheme.verify(key, message.substr(1), signature));
  CHECK(!scheme.verify(key, message + 'm', signature));
  CHECK(!scheme.verify(key, std::string_view(), signature));
}

// S + L, with L the order of the group, solves the same equation.
TEST_CASE("a second signature cannot be made out of a first one") {
  constexpr std::string_view order =
      "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
  const std::string l = bytes_of_hex(order);
  const SecretKey secret = example_secret(1);
  Signature signature = scheme.sign(secret, "once");
  unsigned carry = 0;
  for (std::size_t i = 0; i < l.size(); ++i) {
    carry += signature.bytes[32 + i] + static_cast<unsigned char>(l[i]);
    signature.bytes[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  REQUIRE(carry == 0);
  CHECK(!scheme.verify(ed25519_public(secret), "once", signature));
}

TEST_CASE("nothing a peer can send is verified or throws") {
  Random random(8);
  const auto draw = [&](auto value) {
    for (auto& byte : value.bytes) byte = static_cast<std::uint8_t>(random.next());
    return value;
  };
  const PublicKey key = ed25519_public(example_secret(1));
  for (int i = 0; i < 300; ++i) {
    CHECK(!scheme.verify(draw(PublicKey{}), "x", draw(Signature{})));
    CHECK(!scheme.verify(key, "x", draw(Signature{})));
  }
  CHECK(!scheme.verify(key, "x", Signature{}));
  CHECK(!scheme.verify(PublicKey{}, "x", scheme.sign(SecretKey{}, "x")));
}

TEST_CASE("the thread's OpenSSL errors stay as they were") {
  ERR_clear_error();
  const PublicKey key = ed25519_public(example_secret(1));
  Signature wrong = scheme.sign(example_secret(1), "x");
  wrong.bytes.back() = 0xFF;
  PublicKey no_point = key;
  while (refusal(no_point).find("no point") == std::string_view::npos) ++no_point.bytes[0];
  CHECK(!scheme.verify(key, "x", wrong));
  CHECK(!scheme.verify(no_point, "x", wrong));
  CHECK(ERR_peek_error() == 0);
  ERR_raise(ERR_LIB_USER, 77);
  const unsigned long before = ERR_peek_last_error();
  CHECK(!scheme.verify(key, "x", wrong));
  CHECK(ERR_peek_last_error() == before);
  CHECK(ERR_get_error() == before);
  CHECK(ERR_get_error() == 0);
}

TEST_CASE("threads that sign and check at once get what one thread gets") {
  const SecretKey secret = example_secret(3);
  const PublicKey key = ed25519_public(secret);
  std::vector<Signature> expected;
  for (char c = 'a'; c < 'k'; ++c) expected.push_back(scheme.sign(secret, std::string(20, c)));
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < 200; ++i) {
        const std::string message(20, static_cast<char>('a' + i % 10));
        if (scheme.sign(secret, message) != expected[i % 10]) ++count;
        if (!scheme.verify(key, message, expected[i % 10])) ++count;
        if (scheme.verify(key, message, expected[(i + 1) % 10])) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4));
}

TEST_CASE("random secrets differ, and sign") {
  std::set<std::array<std::uint8_t, 32>> seen;
  for (int i = 0; i < 100; ++i) {
    const SecretKey secret = ed25519_random_secret();
    CHECK(seen.insert(secret.bytes).second);
    const PublicKey key = ed25519_public(secret);
    CHECK(refusal(key).empty());
    CHECK(scheme.verify(key, "x", scheme.sign(secret, "x")));
  }
}

// With such a key R = [S]B is a signature of any message, or of one in eight.
TEST_CASE("keys that everybody can sign for are verified, so they are refused when read") {
  Signature forged;
  const auto key =
      from_hex<PublicKey>("0100000000000000000000000000000000000000000000000000000000000000");
  forged.bytes[0] = 1;
  CHECK(scheme.verify(key, "any", forged));
  CHECK(scheme.verify(key, "other", forged));
  for (const std::string_view y :
       {"0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"}) {
    auto weak = from_hex<PublicKey>(y);
    CHECK(refusal(weak) == "is one that everybody can sign for");
    weak.bytes.back() |= 0x80;  // the other x
    CHECK(refusal(weak) == "is one that everybody can sign for");
  }
}

TEST_CASE("keys that are no point, or are not written as they must be, are refused") {
  const auto says = [](std::string_view y) { return refusal(from_hex<PublicKey>(y)); };
  const std::string_view not_canonical = "is not written as RFC 8032 wants it";
  const std::string_view no_point = "is no point of the curve; is a digit wrong?";
  CHECK(says("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f") == not_canonical);
  CHECK(says("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f") == not_canonical);
  CHECK(says("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff") == not_canonical);
  CHECK(says("0200000000000000000000000000000000000000000000000000000000000000") == no_point);
  CHECK(says("0200000000000000000000000000000000000000000000000000000000000080") == no_point);
  // y = 3 and p - 3 are on the curve, p - 2 is not.
  CHECK(says("0300000000000000000000000000000000000000000000000000000000000000").empty());
  CHECK(says("eaffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f").empty());
  CHECK(says("ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f") == no_point);
}

TEST_CASE("votes: a quorum signed with Ed25519 makes a certificate that everybody verifies") {
  using namespace quorum;
  const Table table = table_of(Mode::byzantine, 1, {10, 10, 10, 10});
  const Claim claim{.candidate = NodeId(2), .score = 5000, .digest = ScoreDigest(9)};
  const ClusterId cluster(77);
  const auto ring = [&](std::uint32_t self) {
    Keyring keyring{
        .scheme = scheme, .self = NodeId(self), .secret = example_secret(self), .keys = {}};
    for (std::uint32_t node = 1; node <= 4; ++node)
      keyring.keys.insert(NodeId(node), ed25519_public(example_secret(node)));
    return keyring;
  };
  BallotBox box(cluster, table);
  REQUIRE(box.note_claim(claim));
  for (std::uint32_t voter = 1; voter <= 3; ++voter) {
    const Vote vote = cast({.cluster = cluster,
                            .epoch = table.epoch,
                            .table = table.digest(),
                            .claim = claim,
                            .cast_at = Instant(0),
                            .voter = NodeId(voter)},
                           ring(voter));
    Vote forged = vote;
    forged.ballot.voter = NodeId(4);
    const auto refused = box.add(Instant(0), forged, ring(2));
    REQUIRE(std::holds_alternative<Evidence>(refused));
    CHECK(std::get<Evidence>(refused).offence == Offence::bad_signature);
    CHECK(std::holds_alternative<Counted>(box.add(Instant(0), vote, ring(2))));
  }
  const auto certificate = box.certificate(NodeId(2));
  REQUIRE(certificate);
  for (std::uint32_t reader = 1; reader <= 4; ++reader)
    CHECK(!verify(*certificate, table, ring(reader), cluster));
  auto changed = *certificate;
  changed.votes[1].signature.bytes[0] ^= 1;
  CHECK(verify(changed, table, ring(4), cluster) == Offence::bad_signature);
}

}  // namespace
}  // namespace lockstep::node
