#include "core/quorum/certificate.hpp"

namespace lockstep::quorum {
namespace {

// Everything about a vote that is cheap to see.
std::optional<Offence> flaw_in(const Ballot& ballot, const Certificate& certificate,
                               const Table& table, ClusterId cluster) {
  if (ballot.cluster != cluster) return Offence::wrong_cluster;
  if (ballot.epoch != certificate.epoch) return Offence::wrong_epoch;
  if (ballot.table != certificate.table) return Offence::wrong_table;
  if (table.find(ballot.voter) == nullptr) return Offence::unknown_voter;
  if (ballot.claim.candidate != certificate.candidate) return Offence::other_candidate;
  if (ballot.claim != certificate.votes.front().ballot.claim) return Offence::unsupported_score;
  return std::nullopt;
}

}  // namespace

std::optional<Offence> verify(const Certificate& certificate, const Table& table,
                              const Keyring& keyring, ClusterId cluster) {
  if (certificate.epoch != table.epoch) return Offence::wrong_epoch;
  if (certificate.table != table.digest()) return Offence::wrong_table;
  if (table.find(certificate.candidate) == nullptr) return Offence::unknown_candidate;
  std::vector<NodeId> voters;
  for (const Vote& vote : certificate.votes) {
    if (const auto flaw = flaw_in(vote.ballot, certificate, table, cluster)) return flaw;
    if (!voters.empty() && vote.ballot.voter <= voters.back()) return Offence::replay;
    voters.push_back(vote.ballot.voter);
  }
  if (!table.reaches(voters)) return Offence::no_quorum;
  // Signatures cost most: nobody makes us check those of a certificate that fails without them.
  for (const Vote& vote : certificate.votes)
    if (!authentic(vote, keyring)) return Offence::bad_signature;
  return std::nullopt;
}

}  // namespace lockstep::quorum
