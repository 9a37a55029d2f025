// Fencing token: a growing number that goes with a lease, so that a guarded resource refuses a
// holder that is late (Kleppmann, "How to do distributed locking", 2016).
//
// A later epoch outranks every number of an earlier one; within its epoch a leader counts on. Two
// leaders of one epoch could hold equal tokens: that there is one leader an epoch is the quorum's
// promise (core/quorum), not the token's.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "core/base/epoch.hpp"

namespace lockstep::fencing {

struct Token {
  Epoch epoch;
  std::uint64_t number = 0;

  // {} is no token: it precedes every other and opens nothing.
  [[nodiscard]] constexpr bool none() const { return *this == Token{}; }

  static constexpr std::string_view name = "token";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("number", self.number);
  }
  friend constexpr auto operator<=>(const Token&, const Token&) = default;
};

}  // namespace lockstep::fencing
