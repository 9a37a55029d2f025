#include "core/flood/names.hpp"

#include <algorithm>

#include "core/flood/types.hpp"

namespace lockstep::flood {
namespace {

constexpr bool in_word(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
}
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

std::string_view refusal_of_name(std::string_view name) {
  if (name.empty()) return "a file has a name";
  if (name.size() > longest_text) return "the name is longer than 128 bytes";
  if (name.front() == '.') return "a name does not begin with a dot";
  for (const char c : name) {
    if (c == '/' || c == '\\') return "a name is not a path";
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      return "a name has no control characters";
  }
  return {};
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : text) {
    const bool belongs = in_word(static_cast<unsigned char>(c));
    if (belongs && !inside) words.emplace_back();
    if (belongs) words.back() += lower(c);
    inside = belongs;
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace lockstep::flood
