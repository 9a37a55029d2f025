// Vote: a ballot and its voter's signature. A node votes once an epoch and makes that durable
// before it sends the vote.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/epoch.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "core/quorum/signature.hpp"
#include "core/quorum/table.hpp"

namespace lockstep::quorum {

// Keeps the votes of clusters that share keys apart.
using ClusterId = Strong<struct ClusterIdTag>;
// What a candidate's score was computed from (core/bully/score.hpp), in 64 bits.
using ScoreDigest = Strong<struct ScoreDigestTag>;

// What a candidate says of itself, and its voters repeat.
struct Claim {
  NodeId candidate;
  std::int64_t score = 0;  // thousandths of a point
  ScoreDigest digest;
  static constexpr std::string_view name = "claim";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("candidate", self.candidate);
    visit("score", self.score);
    visit("digest", self.digest);
  }
  friend bool operator==(const Claim&, const Claim&) = default;
};

struct Ballot {
  ClusterId cluster;
  Epoch epoch;
  TableDigest table;  // what the voter counts by
  Claim claim;        // whom it votes for, and as what
  Instant cast_at;    // the voter's wall clock; a peer may say anything
  NodeId voter;
  static constexpr std::string_view name = "ballot";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("cluster", self.cluster);
    visit("epoch", self.epoch);
    visit("table", self.table);
    visit("claim", self.claim);
    visit("cast_at", self.cast_at);
    visit("voter", self.voter);
  }
  friend bool operator==(const Ballot&, const Ballot&) = default;
};

struct Vote {
  Ballot ballot;
  Signature signature;
  static constexpr std::string_view name = "vote";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("ballot", self.ballot);
    visit("signature", self.signature);
  }
  friend bool operator==(const Vote&, const Vote&) = default;
};

// What is signed: a line that no other use of the keys begins with, and the ballot's encoding.
[[nodiscard]] std::string signed_bytes(const Ballot& ballot);
// REQUIRES: ballot.voter is the keyring's own node.
[[nodiscard]] Vote cast(const Ballot& ballot, const Keyring& keyring);
// The voter signed this ballot.
[[nodiscard]] bool authentic(const Vote& vote, const Keyring& keyring);

}  // namespace lockstep::quorum
