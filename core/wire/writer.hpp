// Writer: the encoding half of core/wire/codec.hpp.
//
// Bytes gather in a small buffer on the stack and reach the string in few appends; the destructor
// hands over the rest.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

namespace lockstep::wire {

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { flush(); }

  void varint(std::uint64_t value) {
    make_room();
    while (value >= 0x80) {
      *at_++ = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    *at_++ = static_cast<char>(value);
  }

  void put(bool value) { varint(value ? 1 : 0); }
  template <std::unsigned_integral T>
  void put(T value) {
    varint(value);
  }
  template <std::signed_integral T>
  void put(T value) {
    const auto wide = static_cast<std::int64_t>(value);
    varint((static_cast<std::uint64_t>(wide) << 1) ^ static_cast<std::uint64_t>(wide >> 63));
  }
  template <DescribedEnum T>
  void put(T value) {
    varint(static_cast<std::uint64_t>(value));
  }
  template <class Tag, class Rep>
  void put(Strong<Tag, Rep> value) {
    varint(value.value());
  }
  void put(Instant value) { put(value.ns()); }
  void put(Duration value) { put(value.ns()); }
  void put(Ratio value) {
    varint(value.numerator);
    varint(value.denominator);
  }
  void put(const std::string& value) {
    varint(value.size());
    bytes(value);
  }
  void put(const Bytes& value) {
    varint(value.size());
    bytes(value.view());
  }
  template <class A, class B>
  void put(const std::pair<A, B>& value) {
    put(value.first);
    put(value.second);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <std::size_t N>
  void put(const std::array<std::uint8_t, N>& values) {
    bytes({reinterpret_cast<const char*>(values.data()), N});
  }
  template <class T, std::size_t N>
  void put(const std::array<T, N>& values) {
    for (const T& value : values) put(value);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    varint(values.size());
    for (const T& value : values) element(value);
  }
  template <class K, class V>
  void put(const FlatMap<K, V>& map) {
    varint(map.size());
    for (const auto& item : map) element(item);
  }
  template <Described T>
  void put(const T& value) {
    T::fields(value, [this](std::string_view, const auto& field) { this->put(field); });
  }
  template <Variant T>
  void put(const T& value) {
    varint(value.index());
    std::visit([this](const auto& alternative) { this->put(alternative); }, value);
  }

 private:
  static constexpr std::size_t longest_varint = 10;

  template <class T>
  void element(const T& value) {
    const std::size_t before = written();
    put(value);
    if (written() == before) varint(0);
  }
  void bytes(std::string_view text) {
    if (text.size() > static_cast<std::size_t>(end() - at_)) {
      flush();
      out_.append(text);
    } else if (!text.empty()) {
      std::memcpy(at_, text.data(), text.size());
      at_ += text.size();
    }
  }
  void make_room() {
    if (static_cast<std::size_t>(end() - at_) < longest_varint) [[unlikely]]
      flush();
  }
  void flush() {
    out_.append(buffer_.data(), static_cast<std::size_t>(at_ - buffer_.data()));
    at_ = buffer_.data();
  }
  [[nodiscard]] std::size_t written() const {
    return out_.size() + static_cast<std::size_t>(at_ - buffer_.data());
  }
  [[nodiscard]] const char* end() const { return buffer_.data() + buffer_.size(); }

  std::string& out_;
  std::array<char, 256> buffer_;
  char* at_ = buffer_.data();
};

}  // namespace lockstep::wire
