// Rewriting described values (core/base/describe.hpp) by the names of their fields, for adversaries
// that know a protocol by its description only.
//
// A field is named by its path, "term" or "entries.term"; of a vector every element is meant.
#pragma once

#include <algorithm>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/wire/codec.hpp"
#include "sim/faults/described.hpp"

namespace lockstep::sim {

// A number is set to the amount or has it added, held within its type; a text gets it appended.
struct Change {
  bool set = false;
  std::int64_t amount = 0;
};

namespace detail {

template <std::integral T>
T changed(T value, const Change& change) {
  __extension__ using Wide = __int128;
  const Wide wide = (change.set ? Wide{0} : static_cast<Wide>(value)) + change.amount;
  const Wide low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
  return static_cast<T>(std::clamp(wide, low, high));
}

template <class T>
bool change_leaf(T& value, const Change& change) {
  const T before = value;
  if constexpr (std::integral<T>) {
    value = changed(value, change);
  } else if constexpr (IsStrong<T>::value) {
    value = T(changed(value.value(), change));
  } else if constexpr (DescribedEnum<T>) {
    const auto count = static_cast<std::int64_t>(enumerator_count(value));
    const std::int64_t place = (change.set ? 0 : static_cast<std::int64_t>(value)) + change.amount;
    value = static_cast<T>(((place % count) + count) % count);
  } else if constexpr (std::same_as<T, Instant> || std::same_as<T, Duration>) {
    value = T(changed(value.ns(), change));
  } else if constexpr (std::same_as<T, std::string>) {
    value += std::to_string(change.amount);
  } else {
    value = T(std::string(value.view()) + std::to_string(change.amount));
  }
  return !(value == before);
}

}  // namespace detail

// False when there is no such field, or when it is as before.
template <class T>
bool rewrite(T& value, std::string_view path, const Change& change) {
  bool hit = false;
  if constexpr (Variant<T>) {
    hit = std::visit([&](auto& alternative) { return rewrite(alternative, path, change); }, value);
  } else if constexpr (IsVector<T>::value) {
    for (auto& element : value) hit = rewrite(element, path, change) || hit;
  } else if constexpr (IsOptional<T>::value) {
    hit = value.has_value() && rewrite(*value, path, change);
  } else if constexpr (is_leaf<T>) {
    hit = path.empty() && detail::change_leaf(value, change);
  } else if constexpr (Described<T>) {
    const std::size_t dot = path.find('.');
    const std::string_view first = path.substr(0, dot);
    const std::string_view rest =
        dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    T::fields(value, [&](std::string_view name, auto& field) {
      if (name == first) hit = rewrite(field, rest, change) || hit;
    });
  }
  return hit;
}

// Makes it the alternative of that name, with the fields that both have by name and encoding. False
// when there is none of that name, or when it is one already. What is a variant within (a message
// of two machines on one node) stays within it.
template <class V>
bool turn_into(V& value, std::string_view name) {
  if constexpr (Variant<V>) {
    if (alternative_name(value) == name) return false;
    const bool within = std::visit(
        [&]<class T>(T& held) {
          if constexpr (Variant<T>) return turn_into(held, name);
          return false;
        },
        value);
    if (within) return true;
    std::vector<std::pair<std::string_view, std::string>> known;
    std::visit(
        [&]<class T>(const T& old) {
          if constexpr (!Variant<T>) {
            T::fields(old, [&](std::string_view field, const auto& content) {
              known.emplace_back(field, std::string());
              wire::encode(content, known.back().second);
            });
          }
        },
        value);
    const auto make = [&]<std::size_t I>() {
      using T = std::variant_alternative_t<I, V>;
      if constexpr (Variant<T>) {
        return false;
      } else {
        if (T::name != name) return false;
        T made;
        T::fields(made, [&](std::string_view field, auto& content) {
          for (const auto& [other, bytes] : known) {
            auto read = content;
            if (other == field && wire::decode_into(std::string_view(bytes), read))
              content = std::move(read);
          }
        });
        value = std::move(made);
        return true;
      }
    };
    return [&]<std::size_t... Is>(std::index_sequence<Is...>) {
      return (make.template operator()<Is>() || ...);
    }
    (std::make_index_sequence<std::variant_size_v<V>>());
  } else {
    return false;
  }
}

}  // namespace lockstep::sim
