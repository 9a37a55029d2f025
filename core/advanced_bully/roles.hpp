// What a node of each role knows, and nothing else.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/advanced_bully/alphabet.hpp"
#include "core/base/flat_map.hpp"
#include "core/fencing/lease.hpp"
#include "core/predict/predictor.hpp"
#include "core/quorum/ballot_box.hpp"

namespace lockstep::advanced_bully {

struct Following {
  NodeId leader;    // nobody: none is known
  BeatNumber beat;  // its latest since it is followed
  std::optional<predict::FailurePredictor> predictor;
  friend bool operator==(const Following&, const Following&) = default;
};

// Of the newest leader known, whatever this node does by now: an older beat is late, and nobody
// follows one that resigned.
struct Office {
  BeatNumber beat;
  Instant heard;  // that it leads, latest; since a start of this node
  bool resigned = false;
  std::optional<Instant> weighed{};  // its latest weights were taken over
  friend bool operator==(const Office&, const Office&) = default;
};

struct Electing {
  Epoch epoch;
  quorum::Claim claim;
  quorum::BallotBox box;
  Proofs struck;                // that the box counts without
  Weights weights;              // that it counts with
  std::vector<NodeId> awaited;  // neither voted nor refused yet
  Epoch outdone{};              // the latest in which somebody less fit stood, with its own vote
  bool votes_itself = false;    // and that vote is durable
  bool contended = false;       // somebody refused, and does not follow a leader
  bool again = false;           // right after one that was contended
  friend bool operator==(const Electing&, const Electing&) = default;
};

struct Waiting {
  NodeId whom;  // who said to be fitter; nobody: whoever stands
  friend bool operator==(const Waiting&, const Waiting&) = default;
};

// Of one member, as the leader knows it.
struct Report {
  Instant heard;
  BeatNumber beat;  // that it answered, latest
  std::int64_t score = 0;
  Duration round_trip;
  friend bool operator==(const Report&, const Report&) = default;
};

// A guarded action; the first of those that wait is under way.
struct Pending {
  RequestId request;
  Guard guard;
  ActionId id;
  Instant until;
  std::vector<NodeId> accepted;  // ascending
  friend bool operator==(const Pending&, const Pending&) = default;
};

struct Leading {
  Instant since;
  fencing::Lease lease;
  fencing::Token token;  // of the latest action; the first is that of the office
  BeatNumber beat;       // the latest, and when it went out
  Instant beat_at;
  FlatMap<NodeId, Report> reports;
  Weighing weighing;
  FlatMap<NodeId, Instant> asked;  // to hand over, latest
  std::deque<Pending> pending;
  friend bool operator==(const Leading&, const Leading&) = default;
};

}  // namespace lockstep::advanced_bully
