// What a server holds in each role, and nothing a role does not need. Term, vote, log and commit
// index belong to the server whatever its role, so no change of role can forget a vote.
#pragma once

#include <variant>
#include <vector>

#include "core/base/time.hpp"
#include "core/raft/progress.hpp"
#include "core/raft/quorum.hpp"
#include "core/raft/reads.hpp"
#include "core/raft/types.hpp"

namespace lockstep::raft {

struct Follower {
  NodeId leader;  // of the current term; nobody while unknown
  Instant heard;  // meaningful while the leader is known
  friend bool operator==(const Follower&, const Follower&) = default;
};
// Asks whether it would win, before it disturbs anybody with a higher term.
struct PreCandidate {
  Votes votes;
  friend bool operator==(const PreCandidate&, const PreCandidate&) = default;
};
struct Candidate {
  Votes votes;  // its own is among them once it is durable, and no other before that
  friend bool operator==(const Candidate&, const Candidate&) = default;
};
struct Leader {
  std::vector<Progress> members;  // by place in the member list; its own match is what it persisted
  Reads reads;
  LogIndex term_start;  // its no-op entry
  friend bool operator==(const Leader&, const Leader&) = default;
};

// Raft, figure 4, with the pre-vote of the dissertation's section 9.6:
//
//   Follower      -> PreCandidate  election timer, where pre_vote is on
//   Follower      -> Candidate     election timer, where it is off
//   PreCandidate  -> PreCandidate  election timer
//   PreCandidate  -> Candidate     a majority would vote for it
//   Candidate     -> PreCandidate  election timer, where pre_vote is on
//   Candidate     -> Candidate     election timer, where it is off
//   Candidate     -> Leader        a majority voted for it, itself included
//   PreCandidate, Candidate -> Follower  a leader of its term appends, or a higher term is seen
//   Leader        -> Follower      a higher term is seen, or no majority answers (check_quorum)
using Role = std::variant<Follower, PreCandidate, Candidate, Leader>;

}  // namespace lockstep::raft
