// What several results say together, for a page (sim/report/overview.hpp). A result is a run's
// folder, a sweep's folder, or a figure: a file that ends in .svg. Figures that lie in a folder, or
// in `figures` in it, come with it.
#pragma once

#include <string>
#include <vector>

#include "sim/report/overview.hpp"
#include "sim/stats/bootstrap.hpp"

namespace lockstep::sim {

// Throws NoRun and BrokenRun (sim/program/compared_run.hpp).
[[nodiscard]] Overview overview_of(const std::vector<std::string>& results, const Bootstrap& how);

}  // namespace lockstep::sim
