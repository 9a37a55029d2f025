// Bytes in hexadecimal: up to 32 of them whole, of more the first 8 and how many there are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/text/line.hpp"

namespace lockstep::text {

[[nodiscard]] std::string digits(std::span<const std::uint8_t> bytes);

template <std::size_t N>
void say(Line& line, const std::array<std::uint8_t, N>& bytes) {
  line.put(Line::Word{digits(bytes)});
}

}  // namespace lockstep::text
