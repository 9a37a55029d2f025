// Cell: one value, or none, that is read, written, appended to and compared-and-set. It is the
// sequential model of one key of a store, of a register and of a compare-and-set register.
//
// States and values are numbers: 0 is "absent", every other text gets the next one. Texts are told
// apart by length and two polynomial hashes modulo 2^61 - 1, so that appending costs the same at
// any length.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/fingerprints.hpp"
#include "sim/check/timeline.hpp"

namespace lockstep::sim {

class Cell {
 public:
  struct Action {
    enum class Kind : std::uint8_t {
      read,     // found `expected`
      write,    // of `value`; a delete writes "absent"
      append,   // of `value`, which is not "absent"
      swap,     // found `expected` and wrote `value`
      no_swap,  // found something other than `expected`
    };
    Kind kind = Kind::read;
    std::uint32_t expected = 0;
    std::uint32_t value = 0;
    friend bool operator==(const Action&, const Action&) = default;
  };
  static constexpr std::uint32_t absent = 0;

  explicit Cell(std::optional<std::string_view> initial = std::nullopt)
      : initial_(number(initial)) {}

  // The number of a text; the text must outlive the cell.
  std::uint32_t number(std::optional<std::string_view> text);

  [[nodiscard]] std::uint32_t initial() const { return initial_; }
  std::optional<std::uint32_t> apply(std::uint32_t state, const Action& action);
  [[nodiscard]] bool reads_only(const Action& action) const {
    return action.kind == Action::Kind::read || action.kind == Action::Kind::no_swap;
  }
  [[nodiscard]] bool overwrites(const Action& action) const {
    return action.kind == Action::Kind::write;
  }
  [[nodiscard]] std::string describe(std::uint32_t state) const;
  [[nodiscard]] std::uint32_t numbers() const {
    return static_cast<std::uint32_t>(texts_.size()) + 1;
  }

 private:
  struct Text {
    std::string_view text;    // empty where it came about by appending
    std::uint32_t front = 0;  // appending: what was appended to,
    std::uint32_t back = 0;   // and what
    std::uint64_t size = 0;
    std::uint64_t hash[2] = {0, 0};
    std::uint64_t power[2] = {1, 1};  // base^size: shifts what this is appended to
  };
  std::uint32_t intern(const Text& text);
  std::uint32_t join(std::uint32_t front, std::uint32_t back);

  std::vector<Text> texts_;  // of number i + 1
  FingerprintTable known_;
  FingerprintTable joined_;
  std::uint32_t initial_ = absent;
};

// The operation that returned first of those that found a value before anybody began to write it;
// nothing where something is appended, for then a value may come about in many ways.
[[nodiscard]] std::optional<std::uint32_t> first_out_of_nowhere(
    const Cell& cell, const Timeline<Cell::Action>& timeline);

// What the values of a cell tell about the order. Says nothing where something is appended.
class CellGuide {
 public:
  CellGuide(const Cell& cell, const Timeline<Cell::Action>& timeline);

  void place(const Cell::Action& action, bool open) { count(action, open, -1); }
  void lift(const Cell::Action& action, bool open) { count(action, open, +1); }
  // Somebody must still find `before`, and nobody is left to write it.
  [[nodiscard]] bool lost(std::uint32_t before) const {
    return active_ && values_[before].must_find > 0 && values_[before].writers == 0;
  }
  [[nodiscard]] bool unobserved(const Cell::Action& action) const {
    return active_ && action.kind == Cell::Action::Kind::write &&
           values_[action.value].may_find == 0;
  }
  [[nodiscard]] bool indifferent(std::uint32_t state) const {
    return refusals_ == 0 && values_[state].refusals == 0;
  }
  // Fits once another value is there, whichever.
  [[nodiscard]] bool minds(const Cell::Action& action, std::uint32_t state) const {
    return action.kind == Cell::Action::Kind::no_swap && action.expected == state;
  }
  // By deadline: an operation must be placed before it returns, and what it writes before the
  // first return of one that finds it.
  [[nodiscard]] std::vector<std::uint32_t> order() const;

 private:
  struct Value {
    std::int32_t must_find = 0;  // unplaced operations that returned and found it
    std::int32_t may_find = 0;   // these and the open ones, which may never take effect
    std::int32_t writers = 0;    // unplaced operations that would write it
    std::int32_t refusals = 0;   // unplaced operations that found something other than it
  };
  void count(const Cell::Action& action, bool open, std::int32_t by);

  const Timeline<Cell::Action>& time_;
  bool active_ = true;
  std::int32_t refusals_ = 0;  // those of values that have writers
  std::vector<Value> values_;
};

}  // namespace lockstep::sim
