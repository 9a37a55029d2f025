// The log: entries from index 1 on, and how large they are together.
//
// Promises that terms never fall from one entry to the next; refuses (check) to be given anything
// else. Every look-up is O(1), or a binary search over the terms. term_at() and entry() are the
// only places that turn an index into a slot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/raft/types.hpp"

namespace lockstep::raft {

// What an entry counts for in every limit in bytes: its command and a share of the envelope.
[[nodiscard]] inline std::uint64_t size_in_bytes(const Entry& entry) {
  return entry.command.size() + 16;
}

class Log {
 public:
  [[nodiscard]] LogIndex last_index() const { return LogIndex(entries_.size()); }
  [[nodiscard]] Term last_term() const { return entries_.empty() ? Term{} : entries_.back().term; }
  [[nodiscard]] bool holds(LogIndex index) const { return index <= last_index(); }
  // REQUIRES: holds(index). The term before the first entry is 0.
  [[nodiscard]] Term term_at(LogIndex index) const;
  // REQUIRES: 0 < index, holds(index).
  [[nodiscard]] const Entry& entry(LogIndex index) const;

  // Entries from `first` on, at most `count`. REQUIRES: 0 < first <= last_index() + 1.
  [[nodiscard]] std::span<const Entry> slice(LogIndex first, std::size_t count) const;

  // Log matching (Raft, section 5.3): equal term at equal index means equal prefixes.
  [[nodiscard]] bool matches(LogIndex index, Term term) const {
    return holds(index) && term_at(index) == term;
  }
  // How many of `entries`, placed after `prev`, are here already. REQUIRES: holds(prev).
  [[nodiscard]] std::size_t count_agreeing(LogIndex prev, std::span<const Entry> entries) const;
  // The newest entry not after `index` whose term is not above `term`; 0 if there is none.
  [[nodiscard]] LogIndex newest_not_above(LogIndex index, Term term) const;
  // Raft, section 5.4.1: the log with the later last term is more up to date; with equal terms the
  // longer one.
  [[nodiscard]] bool is_at_most(LogIndex index, Term term) const {
    return last_term() != term ? last_term() < term : last_index() <= index;
  }

  // Bytes of the entries in (after, upto]. REQUIRES: after <= upto, holds(upto).
  [[nodiscard]] std::uint64_t bytes_between(LogIndex after, LogIndex upto) const;
  // How many entries after `after`, at most `count`, are within `bytes` together; one at least.
  // REQUIRES: 0 < count, after + count <= last_index().
  [[nodiscard]] std::size_t count_within(LogIndex after, std::size_t count,
                                         std::uint64_t bytes) const;
  [[nodiscard]] std::uint64_t total_bytes() const { return ends_.empty() ? 0 : ends_.back(); }

  // REQUIRES: entry.term >= last_term().
  void append(Entry entry);
  // Drops `from` and everything after it. REQUIRES: 0 < from <= last_index() + 1.
  void truncate_from(LogIndex from);

  friend bool operator==(const Log&, const Log&) = default;

 private:
  std::vector<Entry> entries_;
  std::vector<std::uint64_t> ends_;  // bytes of all entries up to and including this one
};

}  // namespace lockstep::raft
