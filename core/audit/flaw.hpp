// Flaw: what is wrong with a trail, and at which event.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/audit/event.hpp"

namespace lockstep::audit {

enum class Wrong : std::uint8_t {
  changed,         // the event is not the one that was appended
  dropped,         // the event is missing, later ones are there
  reordered,       // the event stands in another place, or comes again
  foreign,         // the event is no part of this trail
  other_snapshot,  // the snapshot does not say what the events up to it come to
  other_head       // the hash that was asked for is of no event of this trail
};
constexpr std::string_view name_of(Wrong wrong) {
  switch (wrong) {
    case Wrong::changed: return "changed";
    case Wrong::dropped: return "dropped";
    case Wrong::reordered: return "reordered";
    case Wrong::foreign: return "foreign";
    case Wrong::other_snapshot: return "other_snapshot";
    case Wrong::other_head: return "other_head";
  }
  return "?";
}
constexpr std::size_t enumerator_count(Wrong) { return 6; }

struct Flaw {
  Wrong wrong{};
  Sequence at;  // of other_head: the last event there is
  static constexpr std::string_view name = "flaw";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("wrong", self.wrong);
    visit("at", self.at);
  }
  friend bool operator==(const Flaw&, const Flaw&) = default;
};

// A sentence for a person, with what else it may be.
[[nodiscard]] std::string explain(const Flaw& flaw);

}  // namespace lockstep::audit
