// What candidates and voters say to one another: ELECTION, ANSWER and COORDINATOR of
// Garcia-Molina's algorithm (1982), each with what it needs to be believed.
#pragma once

#include <string_view>
#include <vector>

#include "core/advanced_bully/weighing.hpp"
#include "core/base/epoch.hpp"
#include "core/bully/score.hpp"
#include "core/quorum/certificate.hpp"
#include "core/quorum/offence.hpp"
#include "core/quorum/vote.hpp"

namespace lockstep::advanced_bully {

// One proof for each node that was struck, ascending by culprit.
using Proofs = std::vector<quorum::Evidence>;

// To everybody: I stand for this epoch with this score. Votes count by the table without `struck`
// and with these weights.
struct Election {
  Epoch epoch;
  quorum::Claim claim;
  bully::Breakdown breakdown;
  Proofs struck;
  Weights weights{};
  static constexpr std::string_view name = "election";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("claim", self.claim);
    visit("breakdown", self.breakdown);
    visit("struck", self.struck);
    visit("weights", self.weights);
  }
  friend bool operator==(const Election&, const Election&) = default;
};

// From a fitter node: leave it to me.
struct Answer {
  Epoch epoch;
  static constexpr std::string_view name = "answer";
  static constexpr void fields(auto& self, auto&& visit) { visit("epoch", self.epoch); }
  friend bool operator==(Answer, Answer) = default;
};

// Durable before it is sent.
struct VoteCast {
  quorum::Vote vote;
  static constexpr std::string_view name = "vote_cast";
  static constexpr void fields(auto& self, auto&& visit) { visit("vote", self.vote); }
  friend bool operator==(const VoteCast&, const VoteCast&) = default;
};

// No vote: the sender has voted in this epoch, or follows its leader.
struct VoteRefused {
  Epoch epoch;   // that was stood for
  Epoch newest;  // that the sender knows of
  static constexpr std::string_view name = "vote_refused";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("newest", self.newest);
  }
  friend bool operator==(VoteRefused, VoteRefused) = default;
};

// The certificate's candidate leads. Its own announcement, or what somebody else knows.
struct Coordinator {
  quorum::Certificate certificate;
  Proofs struck;      // that its votes were counted without
  Weights weights{};  // that they were counted with
  static constexpr std::string_view name = "coordinator";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("certificate", self.certificate);
    visit("struck", self.struck);
    visit("weights", self.weights);
  }
  friend bool operator==(const Coordinator&, const Coordinator&) = default;
};

// To a leader whose COORDINATOR did not arrive: who says so?
struct WhoLeads {
  Epoch epoch;
  static constexpr std::string_view name = "who_leads";
  static constexpr void fields(auto& self, auto&& visit) { visit("epoch", self.epoch); }
  friend bool operator==(WhoLeads, WhoLeads) = default;
};

// Somebody voted twice.
struct Accusation {
  quorum::Evidence evidence;
  static constexpr std::string_view name = "accusation";
  static constexpr void fields(auto& self, auto&& visit) { visit("evidence", self.evidence); }
  friend bool operator==(const Accusation&, const Accusation&) = default;
};

}  // namespace lockstep::advanced_bully
