// Fingerprints of Raft logs, one per prefix, so that two logs are compared in O(1).
//
// Equal fingerprints are taken for equal prefixes; 64 bits tell any two prefixes of a run apart but
// for one run in millions of millions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "core/base/digest.hpp"
#include "core/raft/types.hpp"

namespace lockstep::sim {

// Of the prefix that ends with `entry`, given that of everything before it.
[[nodiscard]] inline std::uint64_t print_with(std::uint64_t before, const raft::Entry& entry) {
  Digest digest;
  digest.word(before);
  digest.word(entry.term.value());
  digest.word(static_cast<std::uint64_t>(entry.kind));
  digest.word(entry.command.print());
  return digest.value();
}

// One server's log without the commands. The prefix of length 0 has print 0 and term 0.
class LogPrints {
  struct Prefix {
    raft::Term term;
    std::uint64_t print = 0;
  };

 public:
  // What stands from `first` on; 0: nothing changed.
  struct Change {
    raft::LogIndex first;
    std::vector<Prefix> prefixes;
  };

  [[nodiscard]] raft::LogIndex last_index() const { return raft::LogIndex(prefixes_.size()); }
  [[nodiscard]] raft::Term last_term() const { return term_at(last_index()); }
  // REQUIRES: index <= last_index().
  [[nodiscard]] raft::Term term_at(raft::LogIndex index) const {
    return index.value() == 0 ? raft::Term() : prefixes_[index.value() - 1].term;
  }
  [[nodiscard]] std::uint64_t print_at(raft::LogIndex index) const {
    return index.value() == 0 ? 0 : prefixes_[index.value() - 1].print;
  }
  // Whether its prefix of that length is the one with this print.
  [[nodiscard]] bool has(raft::LogIndex index, std::uint64_t print) const {
    return index <= last_index() && print_at(index) == print;
  }
  void append(const raft::Entry& entry) {
    prefixes_.push_back({entry.term, print_with(print_at(last_index()), entry)});
  }
  // Keeps the entries before `first`.
  void truncate_from(raft::LogIndex first) {
    if (first <= last_index()) prefixes_.resize(first.value() - 1);
  }
  void clear() { prefixes_.clear(); }

  // REQUIRES: 0 < first <= last_index() + 1.
  [[nodiscard]] Change change_from(raft::LogIndex first) const {
    return {first,
            {prefixes_.begin() + static_cast<std::ptrdiff_t>(first.value() - 1), prefixes_.end()}};
  }
  // Where it would leave a gap it changes nothing.
  void apply(const Change& change) {
    if (change.first == raft::LogIndex() || change.first > last_index().next()) return;
    truncate_from(change.first);
    prefixes_.insert(prefixes_.end(), change.prefixes.begin(), change.prefixes.end());
  }

 private:
  std::vector<Prefix> prefixes_;
};

// The print of the first log seen with an entry of some term at some index.
class PrintRegistry {
 public:
  // What is on record; `print` itself where nothing was.
  std::uint64_t record(raft::LogIndex index, raft::Term term, std::uint64_t print) {
    if (index.value() > first_.size()) first_.resize(index.value());
    Known& first = first_[index.value() - 1];
    if (first.term == term && term != raft::Term()) return first.print;
    if (first.term == raft::Term() && term != raft::Term()) {
      first = {term, print};
      return print;
    }
    return others_.try_emplace({index, term}, print).first->second;
  }

 private:
  struct Known {
    raft::Term term;  // 0: none yet
    std::uint64_t print = 0;
  };
  std::vector<Known> first_;  // nearly every index sees one term
  std::map<std::pair<raft::LogIndex, raft::Term>, std::uint64_t> others_;
};

}  // namespace lockstep::sim
