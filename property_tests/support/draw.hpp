// Draws a value of any described shape (core/base/describe.hpp) from choices.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/describe.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "property_tests/support/choices.hpp"

namespace lockstep::properties {

class Draw {
 public:
  explicit Draw(Choices& choices) : choices_(choices) {}

  template <class T>
  T value() {
    T made{};
    fill(made);
    return made;
  }

 private:
  void fill(bool& value) { value = choices_.chance(1, 2); }
  template <std::integral T>
  void fill(T& value) {
    value = static_cast<T>(choices_.any());
  }
  template <DescribedEnum T>
  void fill(T& value) {
    value = static_cast<T>(choices_.below(enumerator_count(T{})));
  }
  template <class Tag, class Rep>
  void fill(Strong<Tag, Rep>& value) {
    value = Strong<Tag, Rep>(static_cast<Rep>(choices_.any()));
  }
  void fill(Duration& value) { value = Duration(static_cast<std::int64_t>(choices_.any())); }
  void fill(Instant& value) { value = Instant(static_cast<std::int64_t>(choices_.any())); }
  void fill(std::string& value) {
    value.resize(choices_.below(choices_.chance(1, 20) ? 600 : 12));
    for (char& c : value) c = static_cast<char>(choices_.below(256));
  }
  void fill(Bytes& value) {
    std::string text;
    fill(text);
    value = Bytes(text);
  }
  template <class T, std::size_t N>
  void fill(std::array<T, N>& values) {
    for (T& value : values) fill(value);
  }
  template <class T>
  void fill(std::optional<T>& value) {
    if (choices_.chance(1, 2)) fill(value.emplace());
  }
  template <class T>
  void fill(std::vector<T>& values) {
    for (std::uint64_t left = choices_.below(4); left > 0; --left) fill(values.emplace_back());
  }
  template <Described T>
  void fill(T& value) {
    T::fields(value, [this](std::string_view, auto& field) { this->fill(field); });
  }
  template <Variant T>
  void fill(T& value) {
    choose(value, choices_.below(std::variant_size_v<T>),
           std::make_index_sequence<std::variant_size_v<T>>());
  }
  template <class T, std::size_t... Is>
  void choose(T& value, std::size_t index, std::index_sequence<Is...>) {
    ((index == Is ? this->fill(value.template emplace<Is>()) : void()), ...);
  }

  Choices& choices_;
};

}  // namespace lockstep::properties
