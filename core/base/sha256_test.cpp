#include "core/base/sha256.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/base/digest.hpp"
#include "core/base/random.hpp"
#include "core/text/to_text.hpp"
#include "core/wire/codec.hpp"

using namespace lockstep;

namespace {

const std::string two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const std::string abc_hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

// The first `size` bytes 0, 1, ... 250, 0, ...
std::string counting(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(i % 251);
  return text;
}

}  // namespace

TEST_CASE("the vectors of FIPS 180-4") {
  CHECK(sha256("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc").hex() == abc_hash);
  CHECK(two_blocks.size() * 8 == 448);
  CHECK(sha256(two_blocks).hex() ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
               "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")
            .hex() == "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  CHECK(sha256(std::string(1'000'000, 'a')).hex() ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// Against another implementation: the SHA-256 of the hashes of the first 0, 1, ... 299 counting
// bytes, one behind the other in binary. Every length of padding is among them.
TEST_CASE("every length up to 300") {
  Sha256 all;
  for (std::size_t size = 0; size < 300; ++size) {
    const Hash hash = sha256(counting(size));
    all.update({reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()});
  }
  CHECK(all.hash().hex() == "fa70b867db0a30acb7218d62945db0df52eb393808b30675ea9aac6b058a9a9d");
}

TEST_CASE("chunks do not matter, and looking on the way does not either") {
  const std::string text = counting(200);
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const Hash whole = sha256(std::string_view(text).substr(0, size));
    for (std::size_t cut = 0; cut <= size; ++cut) {
      Sha256 hasher;
      hasher.update(std::string_view(text).substr(0, cut));
      CHECK(hasher.hash() == sha256(std::string_view(text).substr(0, cut)));
      hasher.update(std::string_view(text).substr(cut, size - cut));
      CHECK(hasher.hash() == whole);
    }
  }
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    const std::string long_text = counting(random.below(2000));
    Sha256 hasher;
    for (std::size_t at = 0; at < long_text.size();) {
      const std::string_view chunk = std::string_view(long_text).substr(at, random.below(150));
      hasher.update(chunk);
      at += chunk.size();
    }
    Sha256 at_once;
    at_once.update(long_text);
    CHECK(hasher == at_once);
  }
}

TEST_CASE("a hash as hexadecimal digits") {
  CHECK(Hash{}.hex() == std::string(64, '0'));
  CHECK(Hash::from_hex(abc_hash) == sha256("abc"));
  std::string upper = abc_hash;
  for (char& digit : upper) digit = digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
  CHECK(Hash::from_hex(upper) == sha256("abc"));
  CHECK_FALSE(Hash::from_hex(""));
  CHECK_FALSE(Hash::from_hex(abc_hash.substr(1)));
  CHECK_FALSE(Hash::from_hex(abc_hash + "0"));
  for (const char wrong : {'g', 'G', ' ', '/', ':', '@', '`', '\0'}) {
    for (const std::size_t place : {0u, 1u, 63u}) {
      std::string text = abc_hash;
      text[place] = wrong;
      CHECK_FALSE(Hash::from_hex(text));
    }
  }
}

TEST_CASE("a hash on the wire, in text and in a digest") {
  const Hash hash = sha256("abc");
  std::string bytes;
  wire::encode(hash, bytes);
  CHECK(bytes == std::string(hash.bytes.begin(), hash.bytes.end()));
  CHECK(wire::decode<Hash>(bytes) == hash);
  CHECK_FALSE(wire::decode<Hash>(bytes + "x"));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<char> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(wire::decode<Hash>({cut.data(), cut.size()}));  // and not read past its end
  }
  CHECK(to_text(hash) == abc_hash);

  const auto digest_of = [](const Hash& value) {
    Digest digest;
    fold(digest, value);
    return digest.value();
  };
  for (std::size_t i = 0; i < hash.bytes.size(); ++i) {
    Hash other = hash;
    other.bytes[i] ^= 1;
    CHECK(digest_of(other) != digest_of(hash));
    CHECK(other != hash);
  }
}
