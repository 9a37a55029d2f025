#include "node/config/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

namespace lockstep::node {
namespace {

using nlohmann::json;

constexpr std::size_t longest_shown = 60;

// Insertions, deletions and replacements.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

void Errors::add(std::string_view place, std::string_view path, std::string_view message) {
  std::string line;
  for (const auto part : {place, path}) {
    if (!part.empty()) line += one_line(part) + ": ";
  }
  lines_.push_back(line + one_line(message));
}

std::string Errors::text() const {
  constexpr std::size_t most = 50;
  const auto end = lines_.begin() + static_cast<std::ptrdiff_t>(std::min(most, lines_.size()));
  std::string text = fmt::format("{}", fmt::join(lines_.begin(), end, "\n"));
  if (lines_.size() > most) text += fmt::format("\nand {} more", lines_.size() - most);
  return text;
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    line += byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return line;
}

std::string in_quotes(std::string_view text) {
  std::string_view shown = text.substr(0, longest_shown);
  while (shown.size() < text.size() && !shown.empty() &&
         (static_cast<unsigned char>(text[shown.size()]) & 0xC0) == 0x80)
    shown.remove_suffix(1);
  std::string quoted = json(shown).dump(-1, ' ', false, json::error_handler_t::replace);
  if (shown.size() < text.size()) quoted.insert(quoted.size() - 1, "…");
  return one_line(quoted);
}

bool is_utf8(std::string_view text) {
  // Most of it is ASCII, and a message log asks of every message.
  if (std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; })) return true;
  try {
    (void)json(text).dump();
    return true;
  } catch (const json::type_error&) {
    return false;  // the one thing that dump() refuses
  }
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  word = word.substr(0, longest_shown);
  const std::string* nearest = nullptr;
  for (const std::string& candidate : known) {
    if (word.size() > 2 && candidate.substr(0, word.size()) == word)
      return "did you mean " + candidate + "?";
  }
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t steps = distance(word, candidate);
    if (steps < least && steps < candidate.size()) {
      least = steps;
      nearest = &candidate;
    }
  }
  if (nearest != nullptr) return "did you mean " + *nearest + "?";
  return fmt::format("known: {}", fmt::join(known, ", "));
}

}  // namespace lockstep::node
