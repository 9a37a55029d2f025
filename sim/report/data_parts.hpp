// The parts of a page's data beside steps and messages; see data.hpp.
#pragma once

#include "sim/report/columns.hpp"
#include "sim/report/report.hpp"
#include "sim/report/rows.hpp"
#include "sim/trace/leadership.hpp"

namespace lockstep::sim {

// "faults", "faultNodes", "faultGroups", "troubles", "violations".
void write_broken(Members& page, StringTable& strings, const Rows& rows,
                  const std::vector<TraceLine>& lines);
// "reigns", "campaigns".
void write_leadership(Members& page, StringTable& strings, const Rows& rows,
                      const Leadership& leadership);
// "operations", "windows", "totals".
void write_clients(Members& page, StringTable& strings, const Rows& rows, const ReportInput& input);

}  // namespace lockstep::sim
