// What a server holds in each role, and nothing a role does not need. Term, vote, log and commit
// index belong to the server whatever its role, so no change of role can forget a vote.
#pragma once

#include <cstddef>
#include <optional>
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
  Votes votes;          // its own is among them once it is durable, and no other before that
  bool forced = false;  // VoteRequest::forced
  friend bool operator==(const Candidate&, const Candidate&) = default;
};
// A leader that is handing its office over, see TransferLeadership.
struct Transfer {
  std::size_t place = 0;  // in the member list
  Instant until;          // it gives up then
  friend bool operator==(const Transfer&, const Transfer&) = default;
};
struct Leader {
  std::vector<Progress> members;  // by place in the member list; its own match is what it persisted
  Reads reads;
  LogIndex term_start;  // its no-op entry
  std::optional<Transfer> transfer;
  friend bool operator==(const Leader&, const Leader&) = default;
};

// Raft, figure 4, with the pre-vote of the dissertation's section 9.6:
//
//   Follower      -> PreCandidate  election timer, where pre_vote is on
//   Follower      -> Candidate     election timer, where it is off; its leader hands over
//   PreCandidate  -> PreCandidate  election timer
//   PreCandidate  -> Candidate     a majority would vote for it
//   Candidate     -> PreCandidate  election timer, where pre_vote is on
//   Candidate     -> Candidate     election timer, where it is off
//   Candidate     -> Leader        a majority voted for it, itself included
//   PreCandidate, Candidate -> Follower  a leader of its term appends, or a higher term is seen
//   any but Leader -> Candidate    an operator forces it
//   Leader        -> Follower      a higher term is seen, no majority answers (check_quorum), or
//   its
//                                  disk stalls (check_disk)
using Role = std::variant<Follower, PreCandidate, Candidate, Leader>;

}  // namespace lockstep::raft
