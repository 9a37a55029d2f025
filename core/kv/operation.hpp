// What a client may ask of the store, and what it is told.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/describe.hpp"

namespace lockstep::kv {

struct Put {
  std::string key;
  std::string value;
  static constexpr std::string_view name = "put";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("key", self.key);
    visit("value", self.value);
  }
  friend bool operator==(const Put&, const Put&) = default;
};
struct Get {
  std::string key;
  static constexpr std::string_view name = "get";
  static constexpr void fields(auto& self, auto&& visit) { visit("key", self.key); }
  friend bool operator==(const Get&, const Get&) = default;
};
// Of an absent key as well.
struct Delete {
  std::string key;
  static constexpr std::string_view name = "delete";
  static constexpr void fields(auto& self, auto&& visit) { visit("key", self.key); }
  friend bool operator==(const Delete&, const Delete&) = default;
};
// To an absent key as to an empty value.
struct Append {
  std::string key;
  std::string value;
  static constexpr std::string_view name = "append";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("key", self.key);
    visit("value", self.value);
  }
  friend bool operator==(const Append&, const Append&) = default;
};
struct CompareAndSet {
  std::string key;
  std::optional<std::string> expected;  // none: that the key is absent
  std::string value;
  static constexpr std::string_view name = "cas";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("key", self.key);
    visit("expected", self.expected);
    visit("value", self.value);
  }
  friend bool operator==(const CompareAndSet&, const CompareAndSet&) = default;
};
// In the log an alternative is its place here: add at the end only.
using Operation = std::variant<Put, Get, Delete, Append, CompareAndSet>;

[[nodiscard]] constexpr bool is_read(const Operation& operation) {
  return std::holds_alternative<Get>(operation);
}

// Put, delete and append.
struct Done {
  static constexpr std::string_view name = "done";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Done&, const Done&) = default;
};
struct Found {
  std::string value;
  static constexpr std::string_view name = "found";
  static constexpr void fields(auto& self, auto&& visit) { visit("value", self.value); }
  friend bool operator==(const Found&, const Found&) = default;
};
struct Missing {
  static constexpr std::string_view name = "missing";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Missing&, const Missing&) = default;
};
struct Swapped {
  static constexpr std::string_view name = "swapped";
  static constexpr void fields(auto&, auto&&) {}
  friend bool operator==(const Swapped&, const Swapped&) = default;
};
struct NotSwapped {
  std::optional<std::string> found;  // what was there instead
  static constexpr std::string_view name = "not_swapped";
  static constexpr void fields(auto& self, auto&& visit) { visit("found", self.found); }
  friend bool operator==(const NotSwapped&, const NotSwapped&) = default;
};
using Result = std::variant<Done, Found, Missing, Swapped, NotSwapped>;

}  // namespace lockstep::kv
