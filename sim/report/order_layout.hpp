// Where the operations of a history are drawn, and where the order that explains them passes: time
// to the right, a row for each client, an operation from its invocation to its return.
//
// Columns are the invocations and returns in turn, not instants: what matters is what came before
// what. They stand as far apart as the labels need.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/judge.hpp"

namespace lockstep::sim {

struct OrderLayout {
  enum class Kind : std::uint8_t {
    placed,  // returned within the prefix that has an order
    stuck,   // fits nowhere
    open,    // never returned
    later    // returned after the prefix
  };
  struct Bar {
    std::uint32_t operation = 0;  // place in the history
    Kind kind = Kind::placed;
    std::uint32_t row = 0;
    double from = 0, to = 0;
    std::string label;
    std::uint64_t turn = 0;  // place in the order from 1; 0: not in it
    double turn_at = 0;
  };
  std::vector<Bar> bars;          // by invocation
  std::vector<std::string> rows;  // names of clients
  double width = 0;
  std::uint64_t left_out = 0;  // operations of the key that are not drawn
};

// At most that many operations are drawn: what returned last before the prefix ends, and what
// returned next.
inline constexpr std::uint32_t bars_before = 250;
inline constexpr std::uint32_t bars_after = 50;

[[nodiscard]] OrderLayout lay_out(const std::vector<HistoryOperation>& history,
                                  const Judgement& judgement);
// As short as it can be told: "put 3", "get → 3", "cas 1→2", "cas 1→2 no".
[[nodiscard]] std::string short_label(const HistoryOperation& operation);

}  // namespace lockstep::sim
