#include "core/base/hash.hpp"

#include <cstddef>

namespace lockstep {
namespace {

constexpr std::string_view digits_of_hex = "0123456789abcdef";

// 16 or more for what is no digit.
unsigned value_of(char digit) {
  if (digit >= 'A' && digit <= 'F') digit = static_cast<char>(digit - 'A' + 'a');
  const auto place = digits_of_hex.find(digit);
  return place == std::string_view::npos ? 16 : static_cast<unsigned>(place);
}

}  // namespace

std::string Hash::hex() const {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const unsigned byte : bytes) {
    text += digits_of_hex[byte >> 4];
    text += digits_of_hex[byte & 15];
  }
  return text;
}

std::optional<Hash> Hash::from_hex(std::string_view digits) {
  Hash hash;
  if (digits.size() != 2 * hash.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.bytes.size(); ++i) {
    const unsigned high = value_of(digits[2 * i]);
    const unsigned low = value_of(digits[2 * i + 1]);
    if (high > 15 || low > 15) return std::nullopt;
    hash.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return hash;
}

}  // namespace lockstep
