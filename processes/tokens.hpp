// Tokens: what guarded resources show of the fencing tokens they took, and the rule that none takes
// an older one after a newer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "core/fencing/token.hpp"
#include "sim/check/history.hpp"

namespace lockstep::processes {

class Tokens {
 public:
  // `quorums`: two of them share a resource that keeps to the rule, so that the rule holds among
  // answers as well.
  explicit Tokens(bool quorums) : quorums_(quorums) {}

  // A node's resource shows a value that was written with that token. One answer after the other.
  void kept(Instant now, std::uint32_t node, fencing::Token token);
  // Enough resources took an action that was asked for at `asked`.
  void answered(Instant asked, Instant now, fencing::Token token);

  [[nodiscard]] bool any() const { return !kept_.empty() || !answers_.empty(); }
  [[nodiscard]] std::uint64_t answers() const { return answers_.size(); }
  [[nodiscard]] const std::vector<sim::Violation>& violations() const { return violations_; }

 private:
  struct Answer {
    Instant at;
    fencing::Token token;
  };
  bool quorums_;
  std::map<std::uint32_t, fencing::Token> kept_;  // by place; the newest
  std::vector<Answer> answers_;
  std::vector<sim::Violation> violations_;
};

// "3.17"; nothing for another text.
[[nodiscard]] std::optional<fencing::Token> token_of(std::string_view header);

}  // namespace lockstep::processes
