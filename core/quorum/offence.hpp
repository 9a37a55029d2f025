// Offence: what is wrong with a vote, a certificate or a claim, by name; Evidence: the votes that
// show it.
//
// Only double_vote is proof to others: two votes that one node signed in one epoch for different
// candidates convince everybody who has its key. The rest may be a slow clock, another table or
// somebody who writes another's name: it is refused and reported, and convicts nobody.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/strong.hpp"
#include "core/quorum/vote.hpp"

namespace lockstep::quorum {

enum class Offence : std::uint8_t {
  wrong_cluster,
  wrong_epoch,
  wrong_table,
  unknown_voter,      // no member of the table
  unknown_candidate,  // no member of the table
  bad_signature,
  double_vote,        // two candidates in one epoch
  replay,             // a further vote of a voter for its candidate; harmless
  future,             // cast too far ahead of the reader's clock
  stale,              // cast too long ago
  unsupported_score,  // not the claim that the candidate is known to make
  other_candidate,    // a certificate's vote for somebody else
  no_quorum,          // a certificate's votes weigh too little
};
constexpr std::size_t enumerator_count(Offence) { return 13; }
[[nodiscard]] std::string_view name_of(Offence offence);

struct Evidence {
  Offence offence{};
  NodeId voter;             // whose name is on the votes
  std::vector<Vote> votes;  // the offending vote; of double_vote the two, the earlier seen first
  static constexpr std::string_view name = "evidence";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("offence", self.offence);
    visit("voter", self.voter);
    visit("votes", self.votes);
  }
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

// The voter is guilty, whoever says so: a double vote in this cluster, both votes signed by it.
[[nodiscard]] bool verify(const Evidence& evidence, const Keyring& keyring, ClusterId cluster);

}  // namespace lockstep::quorum
