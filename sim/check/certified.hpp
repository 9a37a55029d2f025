// Counts votes anew, by the table that a scenario promises and by nothing that the machines count
// with: the plain twin of core/quorum, for the rules.
//
// Promises no speed: everything is summed up again for each question.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "core/advanced_bully/messages.hpp"
#include "core/quorum/signature.hpp"
#include "core/quorum/table.hpp"
#include "core/quorum/vote.hpp"

namespace lockstep::sim {

// Weights in tenths, and what a quorum weighs at least.
struct Electorate {
  std::map<NodeId, std::uint64_t> weights;
  std::uint64_t threshold = 0;
  bool holds = true;  // W > 3F, where there may be liars

  [[nodiscard]] bool elects(const std::set<NodeId>& voters) const;
};

// Of a table without those whom proofs name; f shrinks with each. The last member stays.
[[nodiscard]] Electorate electorate(const quorum::Table& promised,
                                    const advanced_bully::Proofs& struck);

// Why this is no proof that its voter voted twice, or nothing.
[[nodiscard]] std::string flaw_of(const quorum::Evidence& evidence, const quorum::Keyring& keyring,
                                  quorum::ClusterId cluster);
// Why nobody leads by this, or nothing.
[[nodiscard]] std::string flaw_of(const advanced_bully::Coordinator& ruling,
                                  const quorum::Table& promised, const quorum::Keyring& keyring,
                                  quorum::ClusterId cluster);

// The digest of a claim: epoch, node and every part of the score.
[[nodiscard]] bool follows_from(const quorum::Claim& claim, Epoch epoch,
                                const bully::Breakdown& breakdown);

}  // namespace lockstep::sim
