// Ed25519 (RFC 8032) through OpenSSL: how votes are signed outside the simulator.
//
// Results depend on the arguments alone, from any thread: nothing is kept between calls, and the
// thread's queue of OpenSSL errors is left as it was, since TLS reads it. Verification is that of
// section 5.1.7 without the cofactor and refuses S >= L, so that nobody makes a second signature
// out of one. A check() fails where OpenSSL has no Ed25519, as when only FIPS 140-2 is allowed.
#pragma once

#include <string_view>

#include "core/quorum/signature.hpp"

namespace lockstep::node {

[[nodiscard]] quorum::Scheme ed25519_scheme();
[[nodiscard]] quorum::PublicKey ed25519_public(const quorum::SecretKey& secret);
// From the system's randomness, by way of OpenSSL's generator for secrets.
[[nodiscard]] quorum::SecretKey ed25519_random_secret();

// Why no node should be known by that key, or empty: it is no point of the curve, is written in a
// way that RFC 8032, section 5.1.3, refuses, or has an order of at most 8, so that everybody can
// sign for it (Chalkias, Garillot, Nikolaenko 2020). The scheme verifies with such keys: ask this
// where a key comes in.
[[nodiscard]] std::string_view refusal(const quorum::PublicKey& key);

}  // namespace lockstep::node
