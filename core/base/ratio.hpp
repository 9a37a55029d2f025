// A probability as an exact ratio of integers, "1/1000". No floating point decides anything.
#pragma once

#include <cstdint>

namespace lockstep {

struct Ratio {
  std::uint32_t numerator = 0;
  std::uint32_t denominator = 1;  // > 0, numerator <= denominator
  [[nodiscard]] constexpr bool never() const { return numerator == 0; }
  friend constexpr bool operator==(Ratio, Ratio) = default;
};

}  // namespace lockstep
