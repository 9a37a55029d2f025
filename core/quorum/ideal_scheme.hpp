// The simulator's signatures: cheap, and unforgeable by construction of the simulator alone.
//
// A signature is a keyed 64-bit mix of the bytes. The secret can be computed from the public key,
// which is how verify() checks; nobody in the simulator does so. An adversary there may keep,
// repeat, cut and change what was signed, and signs itself only with secrets of nodes it has
// corrupted. Outside a simulator this protects nothing.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/strong.hpp"
#include "core/quorum/signature.hpp"

namespace lockstep::quorum {

[[nodiscard]] Scheme ideal_scheme();
// Keys of a node, the same for the same seed.
[[nodiscard]] SecretKey ideal_secret(std::uint64_t seed, NodeId node);
[[nodiscard]] PublicKey ideal_public(const SecretKey& secret);
// The keyring of `self` among nodes 1..count.
[[nodiscard]] Keyring ideal_keyring(std::uint64_t seed, NodeId self, std::uint32_t count);

}  // namespace lockstep::quorum
