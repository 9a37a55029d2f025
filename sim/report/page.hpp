// The parts of the report page that are the same for every run, embedded from template.html,
// report.css and js/*.js when this is built (sim/report/embed.cmake).
#pragma once

#include <string_view>
#include <vector>

namespace lockstep::sim::page {

[[nodiscard]] std::string_view document();
[[nodiscard]] std::string_view style();
// In the order in which they are to run.
[[nodiscard]] const std::vector<std::string_view>& scripts();

}  // namespace lockstep::sim::page
