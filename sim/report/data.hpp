// The data of a report as JSON, safe inside a <script> element: columns of numbers, texts by their
// place in "strings", processes by their row (nodes first, then clients), times in nanoseconds.
// Columns named in `deltas` hold differences from the entry before. sim/report/js/data.js reads it.
#pragma once

#include <string>

#include "sim/report/report.hpp"

namespace lockstep::sim {

[[nodiscard]] std::string page_data(const ReportInput& input);

}  // namespace lockstep::sim
