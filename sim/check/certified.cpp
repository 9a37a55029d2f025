#include "sim/check/certified.hpp"

#include <algorithm>
#include <vector>

#include "core/base/digest.hpp"
#include "core/text/to_text.hpp"

namespace lockstep::sim {
namespace {

// The least that is more than half of it.
std::uint64_t above_half(std::uint64_t whole) { return (whole + 2) / 2; }

std::uint64_t threshold_of(quorum::Mode mode, std::uint64_t total, std::uint64_t faulty) {
  switch (mode) {
    case quorum::Mode::none: return 0;
    case quorum::Mode::majority: return above_half(total);
    case quorum::Mode::byzantine: return above_half(total + faulty);
    case quorum::Mode::degraded: return total - total / 2;
  }
  return total + 1;
}

bool is_signed(const quorum::Vote& vote, const quorum::Keyring& keyring) {
  return keyring.verify(vote.ballot.voter, quorum::signed_bytes(vote.ballot), vote.signature);
}

}  // namespace

bool Electorate::elects(const std::set<NodeId>& voters) const {
  std::uint64_t sum = 0;
  for (const NodeId voter : voters) {
    if (const auto place = weights.find(voter); place != weights.end()) sum += place->second;
  }
  return sum >= threshold;
}

Electorate electorate(const quorum::Table& promised, const advanced_bully::Proofs& struck) {
  Electorate electorate;
  std::uint32_t f = promised.f;
  for (const quorum::Member& member : promised.members)
    electorate.weights[member.node] = member.weight.value();
  for (const quorum::Evidence& evidence : struck) {
    if (electorate.weights.size() > 1 && electorate.weights.erase(evidence.voter) > 0 && f > 0) --f;
  }
  std::vector<std::uint64_t> weights;
  std::uint64_t total = 0, faulty = 0;
  for (const auto& [node, weight] : electorate.weights) {
    weights.push_back(weight);
    total += weight;
  }
  std::sort(weights.rbegin(), weights.rend());
  for (std::size_t i = 0; i < f && i < weights.size(); ++i) faulty += weights[i];
  electorate.threshold = threshold_of(promised.mode, total, faulty);
  electorate.holds = promised.mode != quorum::Mode::byzantine || total > 3 * faulty;
  return electorate;
}

std::string flaw_of(const quorum::Evidence& evidence, const quorum::Keyring& keyring,
                    quorum::ClusterId cluster) {
  if (evidence.votes.size() != 2)
    return "there are " + to_text(evidence.votes.size()) + " votes and not two";
  const quorum::Ballot& one = evidence.votes[0].ballot;
  const quorum::Ballot& other = evidence.votes[1].ballot;
  if (one.cluster != cluster || other.cluster != cluster) return "a vote is of another cluster";
  if (one.voter != evidence.voter || other.voter != evidence.voter)
    return "a vote is somebody else's";
  if (one.epoch != other.epoch) return "the votes are of two epochs";
  if (one.claim.candidate == other.claim.candidate) return "both votes are for one candidate";
  for (const quorum::Vote& vote : evidence.votes)
    if (!is_signed(vote, keyring)) return "its voter did not sign a vote";
  return {};
}

std::string flaw_of(const advanced_bully::Coordinator& ruling, const quorum::Table& promised,
                    const quorum::Keyring& keyring, quorum::ClusterId cluster) {
  const quorum::Certificate& certificate = ruling.certificate;
  if (promised.mode == quorum::Mode::none) return {};  // nobody votes
  for (const quorum::Evidence& evidence : ruling.struck)
    if (std::string flaw = flaw_of(evidence, keyring, cluster); !flaw.empty())
      return "it is counted without " + to_text(evidence.voter) + ", of whose proof " + flaw;
  std::set<NodeId> voters;
  for (const quorum::Vote& vote : certificate.votes) {
    const quorum::Ballot& ballot = vote.ballot;
    const std::string who = "the vote of " + to_text(ballot.voter);
    if (ballot.cluster != cluster) return who + " is of another cluster";
    if (ballot.epoch != certificate.epoch) return who + " is of epoch " + to_text(ballot.epoch);
    if (ballot.claim.candidate != certificate.candidate) return who + " is for somebody else";
    if (!is_signed(vote, keyring)) return who + " is not signed by it";
    if (!voters.insert(ballot.voter).second) return who + " is there twice";
  }
  const Electorate counted = electorate(promised, ruling.struck);
  if (!counted.weights.contains(certificate.candidate)) return "its candidate is no member";
  if (!counted.elects(voters))
    return to_text(voters.size()) + " votes weigh less than " + to_text(counted.threshold) +
           " tenths";
  // Where the weights that it names make no table that holds, the promised ones are all.
  quorum::Table named = promised;
  for (quorum::Member& member : named.members) {
    const std::size_t place = member.node.value() - 1;
    if (place < ruling.weights.size()) member.weight = ruling.weights[place];
  }
  const Electorate weighed = electorate(named, ruling.struck);
  if (!weighed.holds || weighed.elects(voters)) return {};
  return "by the weights that it names " + to_text(voters.size()) + " votes weigh less than " +
         to_text(weighed.threshold) + " tenths";
}

bool follows_from(const quorum::Claim& claim, Epoch epoch, const bully::Breakdown& breakdown) {
  std::uint64_t sum = 0;
  bully::Breakdown::fields(breakdown, [&](std::string_view, std::int64_t part) {
    sum += static_cast<std::uint64_t>(part);
  });
  Digest digest;
  fold(digest, epoch);
  fold(digest, claim.candidate);
  fold(digest, breakdown);
  return claim.score == static_cast<std::int64_t>(sum) && claim.digest.value() == digest.value();
}

}  // namespace lockstep::sim
