// What an auditor is told of fencing tokens (Kleppmann, "How to do distributed locking", 2016).
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "core/fencing/token.hpp"
#include "core/base/strong.hpp"

namespace lockstep::audit {

// Tokens are ordered by epoch, and by number within one.
using fencing::Token;

struct TokenIssued {
  Token token;
  NodeId holder;
  static constexpr std::string_view name = "token_issued";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("token", self.token);
    visit("holder", self.holder);
  }
  friend bool operator==(const TokenIssued&, const TokenIssued&) = default;
};

// The resource had seen `newest` when it was shown `token`.
struct TokenRefused {
  Token token;
  NodeId holder;  // who showed it
  Token newest;
  static constexpr std::string_view name = "token_refused";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("token", self.token);
    visit("holder", self.holder);
    visit("newest", self.newest);
  }
  friend bool operator==(const TokenRefused&, const TokenRefused&) = default;
};

}  // namespace lockstep::audit
