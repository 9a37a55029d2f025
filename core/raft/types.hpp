// The nouns of Raft (Ongaro and Ousterhout, 2014; Ongaro's dissertation, 2014).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/strong.hpp"

namespace lockstep::raft {

using Term = Strong<struct TermTag>;
// Position in the log, counted from 1; 0 is before the first entry.
using LogIndex = Strong<struct LogIndexTag>;
// Names one round of leadership confirmation for ReadIndex; grows within a term and is unique in
// it.
using ReadRound = Strong<struct ReadRoundTag>;

enum class EntryKind : std::uint8_t { noop, command };
constexpr std::string_view name_of(EntryKind kind) {
  return kind == EntryKind::noop ? "noop" : "command";
}
constexpr std::size_t enumerator_count(EntryKind) { return 2; }

// Its index is its place in the log.
struct Entry {
  Term term;
  EntryKind kind = EntryKind::command;
  Bytes command;  // opaque to Raft; empty for a noop
  static constexpr std::string_view name = "entry";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("term", self.term);
    visit("kind", self.kind);
    visit("command", self.command);
  }
  friend bool operator==(const Entry&, const Entry&) = default;
};

// The one durable record: term and vote always, and, when `first` is not 0, the log from `first` on
// is replaced by `entries` (which may be empty: a truncation). Replaying records in order gives the
// durable state.
struct Record {
  Term term;
  NodeId vote;     // nobody when no vote was cast in `term`
  LogIndex first;  // 0: the log did not change
  std::vector<Entry> entries;
  static constexpr std::string_view name = "record";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("term", self.term);
    visit("vote", self.vote);
    visit("first", self.first);
    visit("entries", self.entries);
  }
  friend bool operator==(const Record&, const Record&) = default;
};

enum class RoleName : std::uint8_t { follower, pre_candidate, candidate, leader };
constexpr std::string_view name_of(RoleName role) {
  switch (role) {
    case RoleName::follower: return "follower";
    case RoleName::pre_candidate: return "pre_candidate";
    case RoleName::candidate: return "candidate";
    case RoleName::leader: return "leader";
  }
  return "?";
}
constexpr std::size_t enumerator_count(RoleName) { return 4; }

}  // namespace lockstep::raft
