// The mean of samples with its bootstrap confidence interval.
//
// The percentile interval of Efron and Tibshirani (1993, chapter 13): so many samples of the same
// size are drawn from the samples with replacement, and between the outer quantiles of their means
// lies what another experiment of this size would have told. It assumes no distribution, and is too
// narrow for a handful of samples: for n below 20 read it as a hint.
#pragma once

#include <cstdint>
#include <vector>

namespace lockstep::sim {

struct Bootstrap {
  std::uint64_t seed = 1;
  std::uint32_t resamples = 1000;  // at least 1
  double confidence = 0.95;        // in [0, 1)
};

struct MeanInterval {
  double mean = 0, low = 0, high = 0;
  friend bool operator==(const MeanInterval&, const MeanInterval&) = default;
};

// The same for every order of the samples. REQUIRES: not empty, all finite.
[[nodiscard]] MeanInterval mean_interval(std::vector<double> samples, const Bootstrap& how);

}  // namespace lockstep::sim
