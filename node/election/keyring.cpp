#include "node/election/keyring.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "node/keys/key_files.hpp"

namespace lockstep::node {

quorum::Keyring keyring_of(const Config& config) {
  const ElectionConfig& election = config.election;
  Errors errors;
  const auto ring = read_keyring(election.keys, election.secret, errors);
  if (ring && ring->self != config.id) {
    errors.add(election.secret, "election.secret",
               fmt::format("is the secret of node {}, and this is node {}; name its own",
                           ring->self.value(), config.id.value()));
  }
  if (ring) {
    const auto& members = config.members;
    for (const Member& member : members) {
      if (ring->keys.find(member.id) == nullptr)
        errors.add(election.keys, "election.keys",
                   fmt::format("there is no key of member {0}; copy its node-{0}.pub here",
                               member.id.value()));
    }
    for (const auto& [node, key] : ring->keys) {
      if (std::none_of(members.begin(), members.end(),
                       [id = node](const Member& member) { return member.id == id; }))
        errors.add(election.keys, "election.keys",
                   fmt::format("there is a key of node {}, which is no member; take it away",
                               node.value()));
    }
  }
  if (errors.count() > 0) throw ConfigError(errors.text());
  return *ring;
}

}  // namespace lockstep::node
