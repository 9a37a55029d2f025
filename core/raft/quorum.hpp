// Majorities of a fixed set of members.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "core/base/check.hpp"

namespace lockstep::raft {

inline constexpr std::size_t max_members = 128;

// The smallest number of which any two sets share a member.
[[nodiscard]] constexpr std::size_t majority(std::size_t members) { return members / 2 + 1; }

// The largest value that a majority of the members has reached. `value_of(i)` gives member i's.
// REQUIRES: 0 < members <= max_members.
template <class ValueOf>
[[nodiscard]] auto reached_by_majority(std::size_t members, ValueOf value_of) {
  check(members > 0 && members <= max_members, "a majority needs members, and not too many");
  std::array<decltype(value_of(std::size_t{})), max_members> falling;
  for (std::size_t i = 0; i < members; ++i) {
    const auto value = value_of(i);
    std::size_t place = i;
    for (; place > 0 && falling[place - 1] < value; --place) falling[place] = falling[place - 1];
    falling[place] = value;
  }
  return falling[majority(members) - 1];
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
