// How many samples lie in each of so many equal intervals between the least and the largest.
#pragma once

#include <cstdint>
#include <vector>

namespace lockstep::sim {

// counts[i] samples lie in [edges[i], edges[i + 1]), the last interval includes its end.
struct Histogram {
  std::vector<double> edges;  // one more than counts
  std::vector<std::uint64_t> counts;
};

// Where all samples are equal they are all in one interval, half a unit to both sides. REQUIRES:
// not empty, all finite, bins > 0.
[[nodiscard]] Histogram histogram_of(const std::vector<double>& samples, std::uint32_t bins);

}  // namespace lockstep::sim
