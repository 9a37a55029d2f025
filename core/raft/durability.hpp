// What is written, what is known to be durable, and which answers wait for that.
#pragma once

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "core/raft/messages.hpp"

namespace lockstep::raft {

// An answer that promises durability, held back until the record it rests on is down.
struct Owed {
  RecordSeq record;
  NodeId to;
  std::variant<VoteGranted, AppendAccepted> answer;
  friend bool operator==(const Owed&, const Owed&) = default;
};

class Durability {
 public:
  // The disk's log equals the one in memory up to here.
  [[nodiscard]] LogIndex log() const { return log_; }
  [[nodiscard]] RecordSeq written() const { return written_; }
  [[nodiscard]] bool holds(RecordSeq record) const { return record <= durable_; }
  // Term and vote as they are in memory are durable.
  [[nodiscard]] bool holds_vote() const { return holds(vote_); }

  void started(LogIndex last) { log_ = last; }
  // A record went to the disk. `last`: the last index in it; `vote`: term or vote changed.
  void wrote(Instant now, LogIndex last, bool vote);
  // Since when the oldest record that is not down is on its way.
  [[nodiscard]] std::optional<Instant> waits_since() const;
  // The log in memory lost `from` and what follows: records still on their way no longer prove
  // anything about those indices (ABA).
  void truncated(LogIndex from);
  // False when `upto` says nothing new, or names a record that was never written.
  bool persisted(RecordSeq upto);

  void owe(Owed owed);
  // The answers whose records are down, oldest first; they are owed no longer.
  template <class Use>
  void settle(Use use) {
    std::size_t paid = 0;
    while (paid < owed_.size() && holds(owed_[paid].record)) use(owed_[paid++]);
    owed_.erase(owed_.begin(), owed_.begin() + static_cast<std::ptrdiff_t>(paid));
  }

  friend bool operator==(const Durability&, const Durability&) = default;

 private:
  struct Write {
    RecordSeq record;
    LogIndex last;  // the log in memory equals the disk's up to here once this record is down
    Instant since;
    friend bool operator==(const Write&, const Write&) = default;
  };
  RecordSeq written_;          // latest handed to the disk
  RecordSeq durable_;          // <= written_
  RecordSeq vote_;             // the record that carries term and vote as they are in memory
  LogIndex log_;               // <= last index in memory
  std::vector<Write> writes_;  // on their way, ascending by record
  std::vector<Owed> owed_;     // ascending by record
};

}  // namespace lockstep::raft
