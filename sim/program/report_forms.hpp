// What a page over several results is written as: HTML, PDF, or a folder with a paper to begin
// with. Each returns an exit code, after a line on stderr where something is wrong.
#pragma once

#include <string>

#include "sim/report/overview.hpp"

namespace lockstep::sim {

[[nodiscard]] int write_html(const Overview& overview, const std::string& file);

// By Debian's WeasyPrint, from the same page; it runs no scripts, so diagrams stay in the HTML.
[[nodiscard]] int write_pdf(Overview overview, const std::string& file);

// report.tex, and the figures as PDF by Debian's rsvg-convert.
[[nodiscard]] int write_ieee(const Overview& overview, const std::string& folder);

}  // namespace lockstep::sim
