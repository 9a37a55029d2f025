// Weight of a vote in tenths: 1..20 stands for 0.1..2.0. Sums of weights are std::uint64_t, in
// tenths as well. Weighted voting is Gifford's (SOSP 1979).
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/strong.hpp"

namespace lockstep::quorum {

using Weight = Strong<struct WeightTag, std::uint32_t>;
inline constexpr Weight lightest{1};
inline constexpr Weight plain{10};  // 1.0
inline constexpr Weight heaviest{20};

// Reliability 0..1000 per mille gives 0.1..2.0, and 500 gives 1.0; what is above counts as 1000.
[[nodiscard]] constexpr Weight weight_from_reliability(std::uint32_t permille) {
  return std::clamp(Weight(permille / 50), lightest, heaviest);
}

}  // namespace lockstep::quorum
