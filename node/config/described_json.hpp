// A described value as JSON: a struct as an object of its fields, ids and enums as numbers and
// names, a hash as its digits, times in milliseconds.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "core/base/describe.hpp"
#include "core/base/hash.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "node/config/json.hpp"

namespace lockstep::node {

template <class T>
[[nodiscard]] Json described_json(const T& value) {
  if constexpr (std::is_same_v<T, Hash>) {
    return value.hex();
  } else if constexpr (std::is_same_v<T, Duration>) {
    return value.milliseconds();
  } else if constexpr (DescribedEnum<T>) {
    return name_of(value);
  } else if constexpr (Described<T>) {
    Json json = Json::object();
    T::fields(value, [&](std::string_view name, const auto& field) {
      json[std::string(name)] = described_json(field);
    });
    return json;
  } else if constexpr (requires { typename T::rep; }) {
    return value.value();
  } else {
    return value;
  }
}

}  // namespace lockstep::node
