// Linearizability by its definition: every order is tried, for short histories.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/check/history.hpp"

namespace lockstep::properties {

// Whether some order of all operations that returned ok and some of those of unknown outcome keeps
// "returned before invoked" and explains every result.
[[nodiscard]] bool some_order_explains(const std::vector<sim::HistoryOperation>& history);

// The object itself: whether `operation` may have had its result now; then it takes effect.
class PlainObject {
 public:
  [[nodiscard]] bool perform(const sim::HistoryOperation& operation);

 private:
  bool touch(const sim::HistoryOperation& operation);
  std::vector<std::pair<std::string, std::string>> values_;  // of keys that are there
};

}  // namespace lockstep::properties
