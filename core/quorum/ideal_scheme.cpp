#include "core/quorum/ideal_scheme.hpp"

#include <cstddef>

#include "core/base/digest.hpp"
#include "core/base/random.hpp"

namespace lockstep::quorum {
namespace {

// Any constant does: it only keeps public and secret keys from being equal.
constexpr std::uint8_t veil = 0xA5;

void put_word(std::uint64_t word, std::uint8_t* to) {
  for (std::size_t i = 0; i < 8; ++i) to[i] = static_cast<std::uint8_t>(word >> (8 * i));
}

SecretKey secret_behind(const PublicKey& key) {
  SecretKey secret;
  for (std::size_t i = 0; i < key.bytes.size(); ++i)
    secret.bytes[i] = static_cast<std::uint8_t>(key.bytes[i] ^ veil);
  return secret;
}

Signature sign(const SecretKey& secret, std::string_view bytes) {
  Digest digest;
  fold(digest, secret);
  digest.bytes(bytes);
  Signature signature;
  put_word(digest.value(), signature.bytes.data());
  return signature;
}

bool verify(const PublicKey& key, std::string_view bytes, const Signature& signature) {
  return sign(secret_behind(key), bytes) == signature;
}

}  // namespace

Scheme ideal_scheme() { return {.sign = sign, .verify = verify}; }

SecretKey ideal_secret(std::uint64_t seed, NodeId node) {
  SecretKey secret;
  for (std::size_t i = 0; i < secret.bytes.size(); i += 8)
    put_word(mix_seed(seed, node.value(), i), &secret.bytes[i]);
  return secret;
}

PublicKey ideal_public(const SecretKey& secret) {
  PublicKey key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i)
    key.bytes[i] = static_cast<std::uint8_t>(secret.bytes[i] ^ veil);
  return key;
}

Keyring ideal_keyring(std::uint64_t seed, NodeId self, std::uint32_t count) {
  Keyring keyring{
      .scheme = ideal_scheme(), .self = self, .secret = ideal_secret(seed, self), .keys = {}};
  for (NodeId node(1); node <= NodeId(count); ++node)
    keyring.keys.insert(node, ideal_public(ideal_secret(seed, node)));
  return keyring;
}

}  // namespace lockstep::quorum
