// Parting: where two traces are the same no longer.
#pragma once

#include <cstdint>
#include <istream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lockstep::sim {

struct Parting {
  std::uint64_t line = 0;  // of both files, from 1
  std::uint64_t step = 0;  // the first that is not the same: the step of that line, or the next one
  // The lines there; none where a trace ends.
  std::optional<nlohmann::ordered_json> first, second;
  std::vector<std::string> keys;  // where both are lines: what is not the same in them
};

// Two trace.ndjson; nothing when they are the same. Throws std::runtime_error for a line that is
// no JSON.
[[nodiscard]] std::optional<Parting> parting_of(std::istream& first, std::istream& second);

}  // namespace lockstep::sim
