// Unsigned integers as bytes, the lowest first: what frames and logs write in place of varints
// where a place must be known in advance.
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace lockstep::wire {

template <std::unsigned_integral T>
void append_little_endian(T value, std::string& out) {
  for (unsigned i = 0; i < sizeof(T); ++i) out += static_cast<char>(value >> (8 * i));
}

// REQUIRES: at + sizeof(T) <= bytes.size().
template <std::unsigned_integral T>
[[nodiscard]] T little_endian(std::string_view bytes, std::size_t at) {
  T value = 0;
  for (unsigned i = 0; i < sizeof(T); ++i) {
    value |= static_cast<T>(static_cast<T>(static_cast<unsigned char>(bytes[at + i])) << (8 * i));
  }
  return value;
}

}  // namespace lockstep::wire
