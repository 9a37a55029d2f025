// What the nodes of an advanced Bully election say to one another: ELECTION, ANSWER and COORDINATOR
// of Garcia-Molina's algorithm (1982), each with what it needs to be believed, and the heartbeats,
// hand-overs and guarded actions of a leader.
//
// Every field is a peer's to get wrong. What is signed is believed, and a sender's own name; the
// rest may cost time, and nothing else.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/epoch.hpp"
#include "core/base/machine.hpp"
#include "core/bully/score.hpp"
#include "core/fencing/action.hpp"
#include "core/fencing/lease.hpp"
#include "core/quorum/certificate.hpp"
#include "core/quorum/offence.hpp"
#include "core/quorum/vote.hpp"

namespace lockstep::advanced_bully {

using fencing::Renewal;
using BeatNumber = Strong<struct BeatNumberTag>;
using ActionId = Strong<struct ActionIdTag>;
// One proof for each node that was struck, ascending by culprit.
using Proofs = std::vector<quorum::Evidence>;

// To everybody: I stand for this epoch with this score. Votes count by the table without `struck`.
struct Election {
  Epoch epoch;
  quorum::Claim claim;
  bully::Breakdown breakdown;
  Proofs struck;
  static constexpr std::string_view name = "election";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("claim", self.claim);
    visit("breakdown", self.breakdown);
    visit("struck", self.struck);
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
  Proofs struck;  // that its votes were counted without
  static constexpr std::string_view name = "coordinator";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("certificate", self.certificate);
    visit("struck", self.struck);
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

struct Heartbeat {
  Epoch epoch;
  BeatNumber number;
  Renewal renewal;      // of the lease; the newest round
  Duration round_trip;  // to this receiver and back, as measured last; 0: not yet
  std::uint32_t cpu_permille = 0;
  std::uint32_t memory_permille = 0;
  static constexpr std::string_view name = "heartbeat";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("number", self.number);
    visit("renewal", self.renewal);
    visit("round_trip", self.round_trip);
    visit("cpu", self.cpu_permille);
    visit("memory", self.memory_permille);
  }
  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

struct HeartbeatAnswer {
  Epoch epoch;
  BeatNumber number;
  Renewal renewal;
  std::int64_t score = 0;  // of the sender in this epoch
  static constexpr std::string_view name = "heartbeat_answer";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("number", self.number);
    visit("renewal", self.renewal);
    visit("score", self.score);
  }
  friend bool operator==(const HeartbeatAnswer&, const HeartbeatAnswer&) = default;
};

// A follower expects the leader to fail.
struct HandOverAsked {
  Epoch epoch;
  std::uint32_t failure_permille = 0;
  static constexpr std::string_view name = "hand_over_asked";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("failure", self.failure_permille);
  }
  friend bool operator==(HandOverAsked, HandOverAsked) = default;
};

// The leader of this epoch leads no longer, and the successor is to stand.
struct Resigned {
  Epoch epoch;
  NodeId successor;
  static constexpr std::string_view name = "resigned";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("successor", self.successor);
  }
  friend bool operator==(Resigned, Resigned) = default;
};

// Somebody voted twice.
struct Accusation {
  quorum::Evidence evidence;
  static constexpr std::string_view name = "accusation";
  static constexpr void fields(auto& self, auto&& visit) { visit("evidence", self.evidence); }
  friend bool operator==(const Accusation&, const Accusation&) = default;
};

// To every guarded resource.
struct Act {
  ActionId id;
  fencing::Action action;
  static constexpr std::string_view name = "act";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("id", self.id);
    visit("action", self.action);
  }
  friend bool operator==(const Act&, const Act&) = default;
};
struct ActAccepted {
  ActionId id;
  static constexpr std::string_view name = "act_accepted";
  static constexpr void fields(auto& self, auto&& visit) { visit("id", self.id); }
  friend bool operator==(ActAccepted, ActAccepted) = default;
};
struct ActRefused {
  ActionId id;
  fencing::Refused why;
  static constexpr std::string_view name = "act_refused";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("id", self.id);
    visit("why", self.why);
  }
  friend bool operator==(const ActRefused&, const ActRefused&) = default;
};

// On the wire an alternative is its place here: add at the end only.
using Message = std::variant<Election, Answer, VoteCast, VoteRefused, Coordinator, WhoLeads,
                             Heartbeat, HeartbeatAnswer, HandOverAsked, Resigned, Accusation, Act,
                             ActAccepted, ActRefused>;

}  // namespace lockstep::advanced_bully
