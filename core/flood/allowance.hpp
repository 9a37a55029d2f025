// Allowance: how much a neighbour may ask of a node. The generic cell rate algorithm (ITU-T I.371):
// one instant says all, namely when everything taken so far would be paid at the steady rate.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/time.hpp"

namespace lockstep::flood {

class Allowance {
 public:
  // Takes one, unless `burst` are taken already and not yet paid, one every `gap`. REQUIRES: burst
  // > 0.
  [[nodiscard]] bool take(Instant now, Duration gap, std::int64_t burst) {
    const Instant paid = std::max(paid_, now);
    if (paid - now > gap * (burst - 1)) return false;
    paid_ = paid + gap;
    return true;
  }
  friend bool operator==(Allowance, Allowance) = default;

 private:
  Instant paid_;
};

}  // namespace lockstep::flood
