// A configuration file: JSON with // and /* */ comments, to values that know where they stand.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/config/value.hpp"

namespace lockstep::node {

inline constexpr std::size_t largest_file = 1024 * 1024;
inline constexpr std::size_t deepest_nesting = 16;
inline constexpr std::size_t most_values = 20'000;

// The object in the file, or nothing and an error. Of a key that is there twice the first one
// stays, with an error.
[[nodiscard]] std::optional<Value> read_json_file(const std::string& file, Errors& errors);
[[nodiscard]] std::optional<Value> read_json(const std::string& file, std::string_view text,
                                             Errors& errors);

}  // namespace lockstep::node
