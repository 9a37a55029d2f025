// The keys that an election of this node's configuration needs.
#pragma once

#include "core/quorum/signature.hpp"
#include "node/config/config.hpp"

namespace lockstep::node {

// REQUIRES: config.election has a mode. Throws ConfigError: a file is refused, the secret is of
// another node, a member has no key, or a key is of somebody who is no member.
[[nodiscard]] quorum::Keyring keyring_of(const Config& config);

}  // namespace lockstep::node
