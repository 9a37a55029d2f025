#include "core/quorum/ballot_box.hpp"

#include <utility>

#include "core/base/check.hpp"

namespace lockstep::quorum {

std::string_view refusal(const VoteLimits& limits) {
  if (limits.ahead < Duration(0)) return "ahead must be 0 or more; try \"5 min\"";
  if (limits.age < Duration(0)) return "age must be 0 or more; try \"1 h\"";
  return {};
}

BallotBox::BallotBox(ClusterId cluster, Table table, VoteLimits limits)
    : cluster_(cluster), table_(std::move(table)), limits_(limits) {
  check(quorum::refusal(table_).empty(), "votes are counted by a table that holds");
  check(quorum::refusal(limits).empty(), "the limits of age are not below 0");
}

bool BallotBox::note_claim(const Claim& claim) {
  if (table_.find(claim.candidate) == nullptr) return false;
  claims_.insert(claim.candidate, claim);
  return *claims_.find(claim.candidate) == claim;
}

std::variant<Counted, Evidence> BallotBox::add(Instant now, const Vote& vote,
                                               const Keyring& keyring) {
  const NodeId voter = vote.ballot.voter;
  if (const auto offence = unreadable(vote, keyring)) return Evidence{*offence, voter, {vote}};
  Entry* const known = entries_.find(voter);
  if (known != nullptr && !known->other &&
      known->vote.ballot.claim.candidate != vote.ballot.claim.candidate) {
    known->counted = false;
    known->other = vote;
  }
  if (known != nullptr && known->other)
    return Evidence{Offence::double_vote, voter, {known->vote, *known->other}};
  if (known != nullptr && known->counted) return Evidence{Offence::replay, voter, {vote}};

  const auto offence = uncountable(now, vote.ballot);
  if (!offence) {
    entries_[voter] = {.vote = vote, .counted = true, .other = {}};
    return Counted{weight_for(vote.ballot.claim.candidate)};
  }
  // Not counted, but signed: another candidate beside it still convicts the voter.
  entries_.insert(voter, {.vote = vote, .counted = false, .other = {}});
  return Evidence{*offence, voter, {vote}};
}

// Not a vote of a member in this epoch at all.
std::optional<Offence> BallotBox::unreadable(const Vote& vote, const Keyring& keyring) const {
  if (vote.ballot.cluster != cluster_) return Offence::wrong_cluster;
  if (vote.ballot.epoch != table_.epoch) return Offence::wrong_epoch;
  if (table_.find(vote.ballot.voter) == nullptr) return Offence::unknown_voter;
  if (!authentic(vote, keyring)) return Offence::bad_signature;
  return std::nullopt;
}

std::optional<Offence> BallotBox::uncountable(Instant now, const Ballot& ballot) const {
  if (ballot.table != table_.digest()) return Offence::wrong_table;
  if (table_.find(ballot.claim.candidate) == nullptr) return Offence::unknown_candidate;
  if (now + limits_.ahead < ballot.cast_at) return Offence::future;
  if (ballot.cast_at < now - limits_.age) return Offence::stale;
  const Claim* const claim = claims_.find(ballot.claim.candidate);
  if (claim == nullptr || *claim != ballot.claim) return Offence::unsupported_score;
  return std::nullopt;
}

std::vector<NodeId> BallotBox::voters_for(NodeId candidate) const {
  std::vector<NodeId> voters;
  for (const auto& [voter, entry] : entries_)
    if (entry.counted && entry.vote.ballot.claim.candidate == candidate) voters.push_back(voter);
  return voters;
}

std::uint64_t BallotBox::weight_for(NodeId candidate) const {
  return table_.weight_of(voters_for(candidate));
}

std::optional<Certificate> BallotBox::certificate(NodeId candidate) const {
  if (table_.find(candidate) == nullptr || weight_for(candidate) < table_.threshold())
    return std::nullopt;
  Certificate certificate{table_.epoch, candidate, table_.digest(), {}};
  for (const auto& [voter, entry] : entries_)
    if (entry.counted && entry.vote.ballot.claim.candidate == candidate)
      certificate.votes.push_back(entry.vote);
  return certificate;
}

bool BallotBox::convicted(NodeId voter) const {
  const Entry* const entry = entries_.find(voter);
  return entry != nullptr && entry->other.has_value();
}

}  // namespace lockstep::quorum
