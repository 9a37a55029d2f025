// Reads that wait at a leader for proof that it still leads (ReadIndex, dissertation, section 6.4).
//
// One round is out at a time. A read that arrives while it is waits for the next one: answers to a
// round that began before the read prove nothing about the time after it.
#pragma once

#include <vector>

#include "core/base/strong.hpp"
#include "core/raft/types.hpp"

namespace lockstep::raft {

class Reads {
 public:
  [[nodiscard]] ReadRound newest() const { return newest_; }
  [[nodiscard]] bool outstanding() const { return !asked_.empty(); }
  [[nodiscard]] bool wants_round() const { return asked_.empty() && !waiting_.empty(); }
  [[nodiscard]] LogIndex index() const { return index_; }  // of the outstanding round

  void add(RequestId read) { waiting_.push_back(read); }
  // Every waiting read goes into a new round. REQUIRES: wants_round().
  void begin_round(LogIndex commit);
  // The reads of the outstanding round, which is over. REQUIRES: outstanding().
  [[nodiscard]] std::vector<RequestId> finish_round();
  // Every read that is still owed an answer, oldest first.
  [[nodiscard]] std::vector<RequestId> give_up();

  friend bool operator==(const Reads&, const Reads&) = default;

 private:
  ReadRound newest_;                // unique within the leader's term
  LogIndex index_;                  // commit index when the outstanding round began
  std::vector<RequestId> asked_;    // wait for the outstanding round
  std::vector<RequestId> waiting_;  // wait for the next one
};

}  // namespace lockstep::raft
