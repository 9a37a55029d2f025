#include "core/quorum/vote.hpp"

#include "core/base/check.hpp"
#include "core/wire/codec.hpp"

namespace lockstep::quorum {

std::string signed_bytes(const Ballot& ballot) {
  std::string bytes = "lockstep ballot 1\n";
  wire::encode(ballot, bytes);
  return bytes;
}

Vote cast(const Ballot& ballot, const Keyring& keyring) {
  check(ballot.voter == keyring.self, "a node signs its own ballot");
  return {.ballot = ballot, .signature = keyring.sign(signed_bytes(ballot))};
}

bool authentic(const Vote& vote, const Keyring& keyring) {
  return keyring.verify(vote.ballot.voter, signed_bytes(vote.ballot), vote.signature);
}

}  // namespace lockstep::quorum
