// "did you mean": the nearest of the words that would have been right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockstep::sim {

// Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The nearest word if it is near enough to be meant, else "".
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& words);

// "did you mean 'x'?", or "known: a, b, c" when nothing is near.
[[nodiscard]] std::string suggestion(std::string_view word, const std::vector<std::string>& words);

}  // namespace lockstep::sim
