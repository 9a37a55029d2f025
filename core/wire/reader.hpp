// Reader: the decoding half of core/wire/codec.hpp.
//
// The first thing that is wrong ends the reading: from then on every get leaves its argument as it
// is or empty, and complete() is false. Callers check once, at the end.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/describe.hpp"
#include "core/base/flat_map.hpp"
#include "core/base/ratio.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep::wire {

class Reader {
 public:
  explicit Reader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  // Everything was well formed and the input is used up.
  [[nodiscard]] bool complete() const { return good_ && at_ == end_; }

  // At most `most`; anything else, or a form longer than needed, is refused.
  std::uint64_t varint(std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
    std::uint64_t value = 0;
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) [[likely]] {
      value = static_cast<unsigned char>(*at_++);
    } else {
      value = long_varint();
    }
    if (value > most) [[unlikely]] {
      fail();
      return 0;
    }
    return value;
  }

  void get(bool& value) { value = varint(1) != 0; }
  template <std::unsigned_integral T>
  void get(T& value) {
    value = static_cast<T>(varint(std::numeric_limits<T>::max()));
  }
  template <std::signed_integral T>
  void get(T& value) {
    const std::uint64_t zigzag =
        varint(static_cast<std::uint64_t>(std::numeric_limits<T>::max()) * 2 + 1);
    value = static_cast<T>(static_cast<std::int64_t>((zigzag >> 1) ^ (~(zigzag & 1) + 1)));
  }
  template <DescribedEnum T>
  void get(T& value) {
    value = static_cast<T>(varint(enumerator_count(T{}) - 1));
  }
  template <class Tag, class Rep>
  void get(Strong<Tag, Rep>& value) {
    value = Strong<Tag, Rep>(static_cast<Rep>(varint(std::numeric_limits<Rep>::max())));
  }
  void get(Instant& value) { value = Instant(signed_varint()); }
  void get(Duration& value) { value = Duration(signed_varint()); }
  void get(Ratio& value) {
    get(value.numerator);
    get(value.denominator);
    if (value.denominator == 0 || value.numerator > value.denominator) {
      value = Ratio{};
      fail();
    }
  }
  void get(std::string& value) {
    const std::size_t size = count();
    value.assign(at_, size);
    at_ += size;
  }
  template <class A, class B>
  void get(std::pair<A, B>& value) {
    get(value.first);
    get(value.second);
  }
  template <class T>
  void get(std::optional<T>& value) {
    value.reset();
    if (varint(1) != 0) get(value.emplace());
  }
  template <class T, std::size_t N>
  void get(std::array<T, N>& values) {
    for (T& value : values) get(value);
  }
  template <class T>
  void get(std::vector<T>& values) {
    values.clear();
    const std::size_t size = count();
    values.reserve(size);
    for (std::size_t i = 0; i < size && good_; ++i) element(values.emplace_back());
  }
  template <class K, class V>
  void get(FlatMap<K, V>& map) {
    map.clear();
    const std::size_t size = count();
    for (std::size_t i = 0; i < size && good_; ++i) {
      std::pair<K, V> item;
      element(item);
      if (!map.empty() && !(std::prev(map.end())->first < item.first)) return fail();
      map.insert(item.first, std::move(item.second));
    }
  }
  template <Described T>
  void get(T& value) {
    T::fields(value, [this](std::string_view, auto& field) { this->get(field); });
  }
  template <Variant T>
  void get(T& value) {
    const std::size_t index = static_cast<std::size_t>(varint(std::variant_size_v<T> - 1));
    if (good_) alternative(value, index, std::make_index_sequence<std::variant_size_v<T>>());
  }

 private:
  template <class T, std::size_t... Is>
  void alternative(T& value, std::size_t index, std::index_sequence<Is...>) {
    (void)((index == Is && (get(value.template emplace<Is>()), true)) || ...);
  }
  // One that takes no bytes by itself stands as a byte 0.
  template <class T>
  void element(T& value) {
    const char* const before = at_;
    get(value);
    if (at_ == before && good_) varint(0);
  }
  // A count of things of at least one byte each, so never more than what is left.
  std::size_t count() {
    const std::uint64_t claimed = varint();
    if (claimed > static_cast<std::size_t>(end_ - at_)) [[unlikely]] {
      fail();
      return 0;
    }
    return static_cast<std::size_t>(claimed);
  }
  std::int64_t signed_varint() {
    std::int64_t value = 0;
    get(value);
    return value;
  }
  std::uint64_t long_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      if (shift == 63 && byte > 1) break;
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) {
        if (byte == 0 && shift > 0) break;  // a shorter form exists
        return value;
      }
    }
    fail();
    return 0;
  }
  void fail() {
    good_ = false;
    at_ = end_;
  }

  const char* at_;
  const char* end_;
  bool good_ = true;
};

}  // namespace lockstep::wire
