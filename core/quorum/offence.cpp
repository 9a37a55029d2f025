#include "core/quorum/offence.hpp"

namespace lockstep::quorum {

std::string_view name_of(Offence offence) {
  switch (offence) {
    case Offence::wrong_cluster: return "wrong_cluster";
    case Offence::wrong_epoch: return "wrong_epoch";
    case Offence::wrong_table: return "wrong_table";
    case Offence::unknown_voter: return "unknown_voter";
    case Offence::unknown_candidate: return "unknown_candidate";
    case Offence::bad_signature: return "bad_signature";
    case Offence::double_vote: return "double_vote";
    case Offence::replay: return "replay";
    case Offence::future: return "future";
    case Offence::stale: return "stale";
    case Offence::unsupported_score: return "unsupported_score";
    case Offence::other_candidate: return "other_candidate";
    case Offence::no_quorum: return "no_quorum";
  }
  return "?";
}

bool verify(const Evidence& evidence, const Keyring& keyring, ClusterId cluster) {
  if (evidence.offence != Offence::double_vote || evidence.votes.size() != 2) return false;
  const Ballot& one = evidence.votes[0].ballot;
  const Ballot& other = evidence.votes[1].ballot;
  return one.voter == evidence.voter && other.voter == evidence.voter && one.cluster == cluster &&
         other.cluster == cluster && one.epoch == other.epoch &&
         one.claim.candidate != other.claim.candidate && authentic(evidence.votes[0], keyring) &&
         authentic(evidence.votes[1], keyring);
}

}  // namespace lockstep::quorum
