// A paper to begin with over several results: IEEE's two columns, with questions, tables and
// figures filled in, and comments that say what is left to write. It compiles with pdflatex,
// without the class IEEEtran as an article of two columns.
#pragma once

#include <string>
#include <vector>

#include "sim/report/overview.hpp"

namespace lockstep::sim {

// `figures`: the file of each of the overview's, as \includegraphics takes it; of plain letters.
[[nodiscard]] std::string render_latex(const Overview& overview,
                                       const std::vector<std::string>& figures);

}  // namespace lockstep::sim
