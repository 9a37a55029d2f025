// Tables as text: comma-separated values, as RFC 4180 has them but for line breaks, which no field
// of ours holds.
#pragma once

#include <string>
#include <vector>

namespace lockstep::sim {

// Quoted only where it must be.
[[nodiscard]] std::string csv_field(const std::string& text);
[[nodiscard]] std::vector<std::string> csv_fields(const std::string& line);
// A carriage return before the end of a line is no part of it.
[[nodiscard]] std::vector<std::string> csv_lines(const std::string& table);

}  // namespace lockstep::sim
