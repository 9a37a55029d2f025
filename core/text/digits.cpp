#include "core/text/digits.hpp"

#include <string_view>

namespace lockstep::text {

std::string digits(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t longest = 32;
  constexpr std::size_t shown = 8;
  constexpr std::string_view hex = "0123456789abcdef";
  const bool whole = bytes.size() <= longest;
  std::string out;
  for (const std::uint8_t byte : whole ? bytes : bytes.first(shown)) {
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
  if (!whole) out += "...(" + std::to_string(bytes.size()) + " bytes)";
  return out;
}

}  // namespace lockstep::text
