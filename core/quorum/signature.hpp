// Keys and signatures, and who makes and checks them. The sizes are Ed25519's (RFC 8032).
//
// A Scheme is two plain functions, so that the node hands in OpenSSL and the simulator the ideal
// scheme (core/quorum/ideal_scheme.hpp). Both are pure: equal arguments give equal results. Text
// never shows a secret; the wire and the digest do carry it, for key files.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/base/flat_map.hpp"
#include "core/base/strong.hpp"

namespace lockstep::quorum {

struct PublicKey {
  std::array<std::uint8_t, 32> bytes{};
  static constexpr std::string_view name = "public_key";
  static constexpr void fields(auto& self, auto&& visit) { visit("bytes", self.bytes); }
  friend bool operator==(const PublicKey&, const PublicKey&) = default;
};

struct SecretKey {
  std::array<std::uint8_t, 32> bytes{};
  static constexpr std::string_view name = "secret_key";
  static constexpr void fields(auto& self, auto&& visit) { visit("bytes", self.bytes); }
  friend void say(auto& line, const SecretKey&) { line.sentence("secret_key"); }
  friend bool operator==(const SecretKey&, const SecretKey&) = default;
};

struct Signature {
  std::array<std::uint8_t, 64> bytes{};
  static constexpr std::string_view name = "signature";
  static constexpr void fields(auto& self, auto&& visit) { visit("bytes", self.bytes); }
  friend bool operator==(const Signature&, const Signature&) = default;
};

struct Scheme {
  Signature (*sign)(const SecretKey& secret, std::string_view bytes) = nullptr;
  bool (*verify)(const PublicKey& key, std::string_view bytes,
                 const Signature& signature) = nullptr;
  friend bool operator==(const Scheme&, const Scheme&) = default;
};

// What one node signs and checks with. REQUIRES of every use: the scheme is set.
struct Keyring {
  Scheme scheme;
  NodeId self;
  SecretKey secret;
  FlatMap<NodeId, PublicKey> keys;  // everybody's, the own one included

  [[nodiscard]] Signature sign(std::string_view bytes) const { return scheme.sign(secret, bytes); }
  // False as well of somebody whose key is not known.
  [[nodiscard]] bool verify(NodeId signer, std::string_view bytes,
                            const Signature& signature) const {
    const PublicKey* const key = keys.find(signer);
    return key != nullptr && scheme.verify(*key, bytes, signature);
  }
  friend bool operator==(const Keyring&, const Keyring&) = default;
};

}  // namespace lockstep::quorum
