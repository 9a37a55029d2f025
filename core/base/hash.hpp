// Hash: 256 bits that name the bytes they were computed from (core/base/sha256.hpp).
//
// All zero stands for "of nothing": no bytes are known that hash to it. On the wire a Hash is its
// 32 bytes, in text 64 lower-case hexadecimal digits.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep {

struct Hash {
  std::array<std::uint8_t, 32> bytes{};

  [[nodiscard]] std::string hex() const;
  // Nothing unless it is 64 hexadecimal digits, of either case.
  [[nodiscard]] static std::optional<Hash> from_hex(std::string_view digits);

  static constexpr std::string_view name = "hash";
  static constexpr void fields(auto& self, auto&& visit) { visit("bytes", self.bytes); }
  friend constexpr auto operator<=>(const Hash&, const Hash&) = default;
};

}  // namespace lockstep
