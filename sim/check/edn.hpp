// As much of EDN (extensible data notation) as published histories use: nil, true, false, whole
// numbers, strings, keywords, vectors and maps; commas are blanks, a semicolon starts a comment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::sim {

struct Edn {
  enum class Kind : std::uint8_t { word, text, vector, map };
  Kind kind = Kind::word;
  std::string text;        // word: as written, keywords with their colon; text: what it spells
  std::vector<Edn> items;  // vector: its items; map: keys and values in turn
  std::size_t line = 0;    // counted from 1

  [[nodiscard]] bool is(std::string_view word) const { return kind == Kind::word && text == word; }
  // The value under `key` in a map, or null.
  [[nodiscard]] const Edn* find(std::string_view key) const;
};

// Everything in `text`, one value after another. Throws HistoryRefused; nests at most 64 deep.
[[nodiscard]] std::vector<Edn> parse_edn(std::string_view text);

}  // namespace lockstep::sim
