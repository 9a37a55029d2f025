// Reads history.ndjson back (its form: sim/trace/ndjson.hpp), for judging a history again.
#pragma once

#include <string_view>
#include <vector>

#include "sim/check/history.hpp"

namespace lockstep::sim {

// Operations in the order of their ids. One that has no outcome in the text is of unknown outcome.
// Throws HistoryRefused with the line.
[[nodiscard]] std::vector<HistoryOperation> read_history_ndjson(std::string_view text);

}  // namespace lockstep::sim
