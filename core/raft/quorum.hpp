// Majorities of a fixed set of members.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/check.hpp"

namespace lockstep::raft {

// The smallest number of which any two sets share a member.
[[nodiscard]] constexpr std::size_t majority(std::size_t members) { return members / 2 + 1; }

// The largest value that a majority of the members has reached. `value_of(i)` gives member i's.
// Counting beats sorting for the handful of members a cluster has. REQUIRES: 0 < members.
template <class ValueOf>
[[nodiscard]] auto reached_by_majority(std::size_t members, ValueOf value_of) {
  check(members > 0, "a majority needs members");
  auto reached = value_of(0);
  bool found = false;
  for (std::size_t i = 0; i < members; ++i) {
    const auto value = value_of(i);
    if (found && value <= reached) continue;
    std::size_t holders = 0;
    for (std::size_t k = 0; k < members; ++k) holders += value <= value_of(k) ? 1 : 0;
    if (holders < majority(members)) continue;
    reached = value;
    found = true;
  }
  return reached;
}

// Who voted for a candidate; a member counts once however often it answers.
class Votes {
 public:
  explicit Votes(std::size_t members = 0) : granted_(members, false) {}
  void grant(std::size_t member) {
    if (granted_.at(member)) return;
    granted_[member] = true;
    ++count_;
  }
  [[nodiscard]] bool granted_by(std::size_t member) const { return granted_.at(member); }
  [[nodiscard]] bool won() const { return count_ >= majority(granted_.size()); }
  friend bool operator==(const Votes&, const Votes&) = default;

 private:
  std::vector<bool> granted_;
  std::size_t count_ = 0;
};

}  // namespace lockstep::raft
