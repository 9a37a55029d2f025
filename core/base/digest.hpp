// Digest: folds values into 64 bits, in order. Equal sequences give equal digests on every
// platform; it is a fingerprint for comparing runs, not a defence against an adversary.
//
// A value folds by its content: integers, enums and strong ids as their number, strings and vectors
// with their length first, variants with their index first, described structs field by field.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/describe.hpp"
#include "core/base/flat_map.hpp"
#include "core/base/ratio.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep {

class Digest {
 public:
  // One multiplication lies between a word and the next one; that of the word itself runs beside it
  // (the mixing step of MurmurHash3, Appleby, in 64 bits).
  constexpr void word(std::uint64_t value) {
    state_ = std::rotl(state_ ^ (value * 0x9E3779B97F4A7C15u), 29) * 0xBF58476D1CE4E5B9u;
  }
  void bytes(std::string_view text) {
    word(text.size());
    while (text.size() >= 8) {
      word(little_endian(text.data(), 8));
      text.remove_prefix(8);
    }
    if (!text.empty()) word(little_endian(text.data(), text.size()));
  }
  [[nodiscard]] constexpr std::uint64_t value() const {
    std::uint64_t mixed = state_ ^ (state_ >> 30);
    mixed *= 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
  }
  friend constexpr bool operator==(Digest, Digest) = default;

 private:
  static_assert(std::endian::native == std::endian::little,
                "a big-endian port swaps the bytes here");
  static std::uint64_t little_endian(const char* from, std::size_t count) {
    std::uint64_t value = 0;
    std::memcpy(&value, from, count);
    return value;
  }
  std::uint64_t state_ = 0x2545F4914F6CDD1Du;
};

template <class T>
requires(std::is_integral_v<T> || std::is_enum_v<T>) void fold(Digest& digest, T value) {
  digest.word(static_cast<std::uint64_t>(value));
}
template <class Tag, class Rep>
void fold(Digest& digest, Strong<Tag, Rep> value) {
  digest.word(value.value());
}
inline void fold(Digest& digest, Instant value) {
  digest.word(static_cast<std::uint64_t>(value.ns()));
}
inline void fold(Digest& digest, Duration value) {
  digest.word(static_cast<std::uint64_t>(value.ns()));
}
inline void fold(Digest& digest, Ratio value) {
  digest.word((std::uint64_t{value.numerator} << 32) | value.denominator);
}
inline void fold(Digest& digest, const std::string& value) { digest.bytes(value); }
template <std::size_t N>
void fold(Digest& digest, const std::array<std::uint8_t, N>& value) {
  digest.bytes({reinterpret_cast<const char*>(value.data()), N});
}
template <Described T>
void fold(Digest& digest, const T& value);
template <Variant T>
void fold(Digest& digest, const T& value);
template <class T>
void fold(Digest& digest, const std::vector<T>& values);
template <class T>
void fold(Digest& digest, const std::optional<T>& value);
template <class K, class V>
void fold(Digest& digest, const FlatMap<K, V>& map);

template <class A, class B>
void fold(Digest& digest, const std::pair<A, B>& value) {
  fold(digest, value.first);
  fold(digest, value.second);
}
template <class T>
void fold(Digest& digest, const std::optional<T>& value) {
  digest.word(value.has_value());
  if (value) fold(digest, *value);
}
template <class T>
void fold(Digest& digest, const std::vector<T>& values) {
  digest.word(values.size());
  for (const T& value : values) fold(digest, value);
}
template <class K, class V>
void fold(Digest& digest, const FlatMap<K, V>& map) {
  digest.word(map.size());
  for (const auto& item : map) fold(digest, item);
}
template <Described T>
void fold(Digest& digest, const T& value) {
  T::fields(value, [&digest](std::string_view, const auto& field) { fold(digest, field); });
}
template <Variant T>
void fold(Digest& digest, const T& value) {
  digest.word(value.index());
  std::visit([&digest](const auto& alternative) { fold(digest, alternative); }, value);
}

}  // namespace lockstep
