// A page that shows a judged history: its verdict, the operations as bars, the order that explains
// the longest prefix as a line through them, and the operation that fits nowhere. One HTML text
// that needs nothing else.
#pragma once

#include <string>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/check/judge.hpp"

namespace lockstep::sim {

struct OrderPage {
  std::string title;
  ModelName model = ModelName::kv;
  bool timed = true;  // false: times are the places of events in a text
};

[[nodiscard]] std::string render_order(const OrderPage& page,
                                       const std::vector<HistoryOperation>& history,
                                       const Judgement& judgement);

}  // namespace lockstep::sim
