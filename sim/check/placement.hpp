// Which operations of a search are placed. Placing and lifting cost O(1); lifting goes backwards.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/check/fingerprints.hpp"
#include "sim/check/timeline.hpp"

namespace lockstep::sim {

class Placement {
 public:
  template <class Action>
  explicit Placement(const Timeline<Action>& timeline)
      : returned_(timeline.returned),
        left_(timeline.returned),
        next_(timeline.returned + 1),
        previous_(timeline.returned + 1),
        placed_(timeline.size()) {
    std::uint32_t last = returned_;
    for (const std::uint32_t i : timeline.by_call) {
      if (i >= returned_) continue;
      next_[last] = i;
      previous_[i] = last;
      last = i;
    }
    next_[last] = returned_;
    previous_[returned_] = last;
  }

  void place(std::uint32_t i) {
    placed_[i] = 1;
    print_ = print_ ^ fingerprint_of(i, 1);
    if (i >= returned_) return;
    next_[previous_[i]] = next_[i];
    previous_[next_[i]] = previous_[i];
    --left_;
    while (lowest_ < returned_ && placed_[lowest_] != 0) ++lowest_;
  }
  // REQUIRES: `i` was placed last of those that are; `lowest` is what lowest() was before.
  void lift(std::uint32_t i, std::uint32_t lowest) {
    placed_[i] = 0;
    print_ = print_ ^ fingerprint_of(i, 1);
    lowest_ = lowest;
    if (i >= returned_) return;
    next_[previous_[i]] = i;
    previous_[next_[i]] = i;
    ++left_;
  }

  [[nodiscard]] bool has(std::uint32_t i) const { return placed_[i] != 0; }
  // Of the set of placed operations.
  [[nodiscard]] Fingerprint print() const { return print_; }
  // The unplaced operation that returned first; none left: how many returned.
  [[nodiscard]] std::uint32_t lowest() const { return lowest_; }
  // Operations that returned and are not placed: how many, and one after another by invocation.
  [[nodiscard]] std::uint32_t left() const { return left_; }
  [[nodiscard]] std::uint32_t first() const { return next_[returned_]; }
  [[nodiscard]] std::uint32_t after(std::uint32_t i) const { return next_[i]; }
  [[nodiscard]] std::uint32_t end() const { return returned_; }

 private:
  std::uint32_t returned_;
  std::uint32_t lowest_ = 0;
  std::uint32_t left_;
  std::vector<std::uint32_t> next_, previous_;  // a ring through `returned_`
  std::vector<std::uint8_t> placed_;
  Fingerprint print_;
};

// Where a search came furthest: the place no order passes is what people want to look at.
class Furthest {
 public:
  // An order of `placed` operations cannot place `lowest`, which must come before all others.
  void note(std::uint32_t lowest, std::uint32_t placed, std::uint32_t state);
  [[nodiscard]] std::uint32_t stuck() const { return lowest_; }
  [[nodiscard]] std::uint32_t placed() const { return placed_; }
  // The states it was tried in; the last one stands for any others.
  [[nodiscard]] const std::vector<std::uint32_t>& states() const { return states_; }
  static constexpr std::size_t most_states = 5;

 private:
  std::uint32_t lowest_ = 0;
  std::uint32_t placed_ = 0;
  std::vector<std::uint32_t> states_;
};

}  // namespace lockstep::sim
