// What the description of a message (core/base/describe.hpp) says of its fields: which hold one
// value, which hold several, and how all of them are named.
//
// A field is named by its path, "term" or "entries.term"; of a vector every element is meant.
#pragma once

#include <algorithm>
#include <concepts>
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

namespace lockstep::sim {

template <class T>
struct IsStrong : std::false_type {};
template <class Tag, class Rep>
struct IsStrong<Strong<Tag, Rep>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <class T>
inline constexpr bool is_leaf =
    std::integral<T> || IsStrong<T>::value || DescribedEnum<T> || std::same_as<T, Instant> ||
    std::same_as<T, Duration> || std::same_as<T, std::string> || std::same_as<T, Bytes>;

template <class T>
void collect_fields(const std::string& prefix, std::vector<std::string>& paths) {
  if constexpr (Variant<T>) {
    [&]<std::size_t... Is>(std::index_sequence<Is...>) {
      (collect_fields<std::variant_alternative_t<Is, T>>(prefix, paths), ...);
    }
    (std::make_index_sequence<std::variant_size_v<T>>());
  } else if constexpr (IsVector<T>::value || IsOptional<T>::value) {
    collect_fields<typename T::value_type>(prefix, paths);
  } else if constexpr (is_leaf<T>) {
    if (std::find(paths.begin(), paths.end(), prefix) == paths.end()) paths.push_back(prefix);
  } else if constexpr (Described<T>) {
    T any{};
    T::fields(any, [&]<class Field>(std::string_view name, Field&) {
      collect_fields<Field>(prefix.empty() ? std::string(name) : prefix + "." + std::string(name),
                            paths);
    });
  }
}
// The paths of all fields of a message, sorted.
template <class T>
[[nodiscard]] std::vector<std::string> field_paths() {
  std::vector<std::string> paths;
  collect_fields<T>("", paths);
  std::sort(paths.begin(), paths.end());
  return paths;
}
// The names of its alternatives.
template <Variant V>
[[nodiscard]] std::vector<std::string> message_names() {
  return [&]<std::size_t... Is>(std::index_sequence<Is...>) {
    return std::vector<std::string>{std::string(std::variant_alternative_t<Is, V>::name)...};
  }
  (std::make_index_sequence<std::variant_size_v<V>>());
}

}  // namespace lockstep::sim
