// Reader: the decoding half of core/wire/codec.hpp.
//
// The first thing that is wrong ends the reading: from then on every get yields zero or empty, and
// complete() is false. Callers check once, at the end.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/describe.hpp"
#include "core/base/flat_map.hpp"
#include "core/base/ratio.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "core/wire/source.hpp"

namespace lockstep::wire {

class Reader {
 public:
  explicit Reader(std::string_view bytes) : source_(bytes) {}

  // Everything was well formed and the input is used up.
  [[nodiscard]] bool complete() const { return source_.complete(); }

  void get(bool& value) { value = source_.varint(1) != 0; }
  template <std::unsigned_integral T>
  void get(T& value) {
    value = static_cast<T>(source_.varint(std::numeric_limits<T>::max()));
  }
  template <std::signed_integral T>
  void get(T& value) {
    const std::uint64_t zigzag =
        source_.varint(static_cast<std::uint64_t>(std::numeric_limits<T>::max()) * 2 + 1);
    value = static_cast<T>(static_cast<std::int64_t>((zigzag >> 1) ^ (~(zigzag & 1) + 1)));
  }
  template <DescribedEnum T>
  void get(T& value) {
    value = static_cast<T>(source_.varint(enumerator_count(T{}) - 1));
  }
  template <class Tag, class Rep>
  void get(Strong<Tag, Rep>& value) {
    value = Strong<Tag, Rep>(static_cast<Rep>(source_.varint(std::numeric_limits<Rep>::max())));
  }
  void get(Instant& value) { value = Instant(signed_varint()); }
  void get(Duration& value) { value = Duration(signed_varint()); }
  void get(Ratio& value) {
    get(value.numerator);
    get(value.denominator);
    if (value.denominator == 0 || value.numerator > value.denominator) {
      value = Ratio{};
      source_.fail();
    }
  }
  void get(std::string& value) { value.assign(source_.take(source_.count())); }
  void get(Bytes& value) { value = Bytes(source_.take(source_.count())); }
  template <class A, class B>
  void get(std::pair<A, B>& value) {
    get(value.first);
    get(value.second);
  }
  template <class T>
  void get(std::optional<T>& value) {
    value.reset();
    if (source_.varint(1) != 0) get(value.emplace());
  }
  template <std::size_t N>
  void get(std::array<std::uint8_t, N>& values) {
    values.fill(0);
    if (source_.left() < N) return source_.fail();
    std::memcpy(values.data(), source_.take(N).data(), N);
  }
  template <class T, std::size_t N>
  void get(std::array<T, N>& values) {
    for (T& value : values) get(value);
  }
  template <class T>
  void get(std::vector<T>& values) {
    values.clear();
    const std::size_t size = source_.count();
    values.reserve(size);
    for (std::size_t i = 0; i < size && source_.good(); ++i) element(values.emplace_back());
  }
  template <class K, class V>
  void get(FlatMap<K, V>& map) {
    map.clear();
    const std::size_t size = source_.count();
    for (std::size_t i = 0; i < size && source_.good(); ++i) {
      std::pair<K, V> item;
      element(item);
      if (!map.empty() && !(std::prev(map.end())->first < item.first)) return source_.fail();
      map.insert(item.first, std::move(item.second));
    }
  }
  template <Described T>
  void get(T& value) {
    T::fields(value, [this](std::string_view, auto& field) { this->get(field); });
  }
  template <Variant T>
  void get(T& value) {
    constexpr std::size_t size = std::variant_size_v<T>;
    const auto index = static_cast<std::size_t>(source_.varint(size - 1));
    if (source_.good()) alternative(value, index, std::make_index_sequence<size>());
  }

 private:
  template <class T, std::size_t... Is>
  void alternative(T& value, std::size_t index, std::index_sequence<Is...>) {
    (void)((index == Is && (get(value.template emplace<Is>()), true)) || ...);
  }
  // One that takes no bytes by itself stands as a byte 0.
  template <class T>
  void element(T& value) {
    const char* const before = source_.place();
    get(value);
    if (source_.place() == before && source_.good()) source_.varint(0);
  }
  std::int64_t signed_varint() {
    std::int64_t value = 0;
    get(value);
    return value;
  }

  Source source_;
};

}  // namespace lockstep::wire
