// What is asked of a guarded resource, and what it says to that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/fencing/token.hpp"

namespace lockstep::fencing {

// What a leader asks for, and the record that makes it durable.
struct Action {
  Token token;
  std::string key;
  std::string value;
  static constexpr std::string_view name = "action";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("token", self.token);
    visit("key", self.key);
    visit("value", self.value);
  }
  friend bool operator==(const Action&, const Action&) = default;
};

// Persist the record; answer once it is durable.
struct Accepted {
  Action record;
  static constexpr std::string_view name = "accepted";
  static constexpr void fields(auto& self, auto&& visit) { visit("record", self.record); }
  friend bool operator==(const Accepted&, const Accepted&) = default;
};

// old_token: a later one was seen. no_token: {}. full: the key is not there and there is no room
// for one more. too_long: the key or the value.
enum class Refusal : std::uint8_t { old_token, no_token, full, too_long };
constexpr std::string_view name_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::old_token: return "old_token";
    case Refusal::no_token: return "no_token";
    case Refusal::full: return "full";
    case Refusal::too_long: return "too_long";
  }
  return "?";
}
constexpr std::size_t enumerator_count(Refusal) { return 4; }

struct Refused {
  Refusal why{};
  Token seen;  // the highest the resource has seen
  static constexpr std::string_view name = "refused";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("why", self.why);
    visit("seen", self.seen);
  }
  friend bool operator==(const Refused&, const Refused&) = default;
};

using Verdict = std::variant<Accepted, Refused>;

}  // namespace lockstep::fencing
