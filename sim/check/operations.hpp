// What the checks of histories share: a history in parts that can be judged apart, what one of its
// operations asks of a cell, and the operation in words.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/cell.hpp"
#include "sim/check/history.hpp"
#include "sim/check/linearizable.hpp"

namespace lockstep::sim {

// It tells nothing about any state, and changes none: it failed, or is a read without an answer.
[[nodiscard]] bool says_nothing(const HistoryOperation& operation);

// The operations of one key that say something.
struct KeyPart {
  std::string_view key;
  std::vector<std::uint32_t> operations;  // places in the history
};
// In the order in which the keys appear.
[[nodiscard]] std::vector<KeyPart> by_key(std::span<const HistoryOperation> history);

// REQUIRES: put, get, delete, append or cas. The operation must outlive the cell.
[[nodiscard]] Cell::Action cell_action(const HistoryOperation& operation, Cell& cell);

// `place` becomes the id of the call.
template <class Action>
[[nodiscard]] Call<Action> call_of(const HistoryOperation& operation, std::uint32_t place,
                                   Action action) {
  return {place,
          std::move(action),
          operation.invoked,
          operation.returned,
          operation.invoked_order,
          operation.returned_order,
          operation.outcome == HistoryOperation::Outcome::unknown};
}

// "get x found "a"": what was asked and, where it is known, what came of it.
[[nodiscard]] std::string in_words(const HistoryOperation& operation);
// "#3 c1 get x found "a"".
[[nodiscard]] std::string named(const HistoryOperation& operation);
// The same with its interval: "… (5 ms to 6 ms)".
[[nodiscard]] std::string describe(const HistoryOperation& operation);

}  // namespace lockstep::sim
