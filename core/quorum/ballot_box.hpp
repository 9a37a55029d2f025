// BallotBox: the votes of one epoch as one node has received them.
//
// Promises: counts a voter once, by the table's weight; refuses everything else by name with the
// evidence. Who is seen to vote for two candidates counts for neither from then on. A vote counts
// only if it repeats the claim that its candidate is known to make: note_claim() first.
// Bounds: two votes kept a member, one claim a candidate.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/flat_map.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "core/quorum/certificate.hpp"
#include "core/quorum/offence.hpp"
#include "core/quorum/signature.hpp"
#include "core/quorum/table.hpp"
#include "core/quorum/vote.hpp"

namespace lockstep::quorum {

struct VoteLimits {
  Duration ahead = seconds(300);  // a vote cast later than this from now is future; >= 0
  Duration age = seconds(3600);   // a vote cast earlier than this before now is stale; >= 0
  friend bool operator==(const VoteLimits&, const VoteLimits&) = default;
};

// What is wrong with the limits, or nothing.
[[nodiscard]] std::string_view refusal(const VoteLimits& limits);

struct Counted {
  std::uint64_t weight = 0;  // of all votes for that candidate, in tenths
  static constexpr std::string_view name = "counted";
  static constexpr void fields(auto& self, auto&& visit) { visit("weight", self.weight); }
  friend bool operator==(const Counted&, const Counted&) = default;
};

class BallotBox {
 public:
  // REQUIRES: refusal(table) and refusal(limits) are empty.
  BallotBox(ClusterId cluster, Table table, VoteLimits limits = {});

  // What a candidate claims, after the receiver has found it supported by its digest. The first
  // claim of a candidate stands; false of another one, and of somebody who is no member.
  bool note_claim(const Claim& claim);
  // `now` on this node's wall clock.
  std::variant<Counted, Evidence> add(Instant now, const Vote& vote, const Keyring& keyring);

  [[nodiscard]] const Table& table() const { return table_; }
  [[nodiscard]] std::uint64_t weight_for(NodeId candidate) const;
  [[nodiscard]] std::vector<NodeId> voters_for(NodeId candidate) const;  // ascending
  // Once the votes for that candidate reach the table's threshold.
  [[nodiscard]] std::optional<Certificate> certificate(NodeId candidate) const;
  [[nodiscard]] bool convicted(NodeId voter) const;

  static constexpr std::string_view name = "ballot_box";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("cluster", self.cluster_);
    visit("table", self.table_);
    visit("entries", self.entries_);
  }
  friend bool operator==(const BallotBox&, const BallotBox&) = default;

 private:
  struct Entry {
    Vote vote;                  // the one counted, or the first that was signed
    bool counted = false;       // never beside `other`
    std::optional<Vote> other;  // for another candidate: proof that the voter voted twice
    static constexpr std::string_view name = "entry";
    static constexpr void fields(auto& self, auto&& visit) {
      visit("vote", self.vote);
      visit("counted", self.counted);
      visit("other", self.other);
    }
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  [[nodiscard]] std::optional<Offence> unreadable(const Vote& vote, const Keyring& keyring) const;
  [[nodiscard]] std::optional<Offence> uncountable(Instant now, const Ballot& ballot) const;

  ClusterId cluster_;
  Table table_;
  VoteLimits limits_;
  FlatMap<NodeId, Claim> claims_;
  FlatMap<NodeId, Entry> entries_;  // by voter
};

}  // namespace lockstep::quorum
