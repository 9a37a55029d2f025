// Reads trace.ndjson back (its form: sim/trace/ndjson.hpp), for drawing a run again.
#pragma once

#include <stdexcept>
#include <string_view>
#include <vector>

#include "sim/trace/step.hpp"

namespace lockstep::sim {

// A text is no trace. what() says which line, and why.
struct TraceRefused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws TraceRefused.
[[nodiscard]] std::vector<TraceLine> read_trace_ndjson(std::string_view text);

}  // namespace lockstep::sim
