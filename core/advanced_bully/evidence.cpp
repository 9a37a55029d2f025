// Who voted twice is struck from the tables of every honest node, by proof and not by hearsay.
#include <algorithm>

#include "core/advanced_bully/advanced_bully.hpp"
#include "core/base/sha256.hpp"
#include "core/wire/codec.hpp"

namespace lockstep::advanced_bully {
namespace {

auto place_of(const Proofs& proofs, NodeId culprit) {
  return std::lower_bound(proofs.begin(), proofs.end(), culprit,
                          [](const auto& proof, NodeId node) { return proof.voter < node; });
}

std::string encoded(const quorum::Evidence& evidence) {
  std::string bytes;
  wire::encode(evidence, bytes);
  return bytes;
}

bool has(const Proofs& proofs, NodeId culprit) {
  const auto place = place_of(proofs, culprit);
  return place != proofs.end() && place->voter == culprit;
}

}  // namespace

// True when it proves the guilt of somebody who was not known to be guilty.
bool AdvancedBully::adopt(Turn& turn, const quorum::Evidence& evidence) {
  if (evidence.offence != quorum::Offence::double_vote || has(struck_, evidence.voter) ||
      base_.find(evidence.voter) == nullptr || !verify(evidence, keyring_, config_.cluster))
    return false;
  struck_.insert(place_of(struck_, evidence.voter), evidence);
  persist(turn, Struck{evidence});
  return true;
}

void AdvancedBully::adopt_all(Turn& turn, const Proofs& proofs) {
  for (const quorum::Evidence& evidence : proofs) {
    if (adopt(turn, evidence)) report(turn, newest(), evidence);
  }
}

// Sends the proofs that the other lacks; true when it lacks none.
bool AdvancedBully::teach(Turn& turn, NodeId to, const Proofs& known) {
  bool lacks = false;
  for (const quorum::Evidence& evidence : struck_) {
    const bool knows = std::any_of(known.begin(), known.end(),
                                   [&](const auto& k) { return k.voter == evidence.voter; });
    if (knows) continue;
    lacks = true;
    send(turn, to, Accusation{evidence});
  }
  return !lacks;
}

// Tells everybody, so that the next table is without the culprit wherever it is counted by.
void AdvancedBully::convict(Turn& turn, const quorum::Evidence& evidence) {
  if (!adopt(turn, evidence)) return;
  report(turn, newest(), evidence);
  send_to_others(turn, Accusation{evidence});
}

// Two candidates of one epoch see one vote each: the certificate of the one shows the other what
// the voter did. REQUIRES: the vote is authentic.
void AdvancedBully::witness(Turn& turn, const quorum::Vote& vote) {
  const NodeId voter = vote.ballot.voter;
  if (const auto other = peers_[voter].votes.note(vote))
    convict(turn, {quorum::Offence::double_vote, voter, {*other, vote}});
}

// Each offence of a node once until somebody else leads: whoever floods fills no trail.
void AdvancedBully::report(Turn& turn, Epoch epoch, const quorum::Evidence& evidence) {
  Reported& reported = peers_[evidence.voter].reported;
  if (reported.epoch != ruled_.epoch) reported = {ruled_.epoch, 0};
  const std::uint32_t bit = 1u << static_cast<std::uint32_t>(evidence.offence);
  if ((reported.offences & bit) != 0) return;
  reported.offences |= bit;
  const Hash hash = evidence.votes.empty() ? Hash{} : sha256(encoded(evidence));
  note(turn, audit::ByzantineDetected{epoch, evidence.voter, std::string(name_of(evidence.offence)),
                                      hash});
}

// A candidate that learns of a culprit stands again, by the table without it.
void AdvancedBully::on(Turn& turn, NodeId, const Accusation& message) {
  if (!adopt(turn, message.evidence)) return;
  report(turn, newest(), message.evidence);
  if (role() == RoleName::electing) hold_election(turn);
}

}  // namespace lockstep::advanced_bully
