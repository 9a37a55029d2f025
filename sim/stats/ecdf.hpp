// The empirical distribution function of samples, and how far two of them are apart.
#pragma once

#include <span>
#include <vector>

namespace lockstep::sim {

// A step at each distinct sample: share[i] of the samples are at most at[i].
struct Ecdf {
  std::vector<double> at;     // strictly ascending
  std::vector<double> share;  // strictly ascending, the last one is 1
};

// The same for every order of the samples. REQUIRES: all finite.
[[nodiscard]] Ecdf ecdf_of(std::vector<double> samples);
// The share of the samples that are at most x: 0 before the first step.
[[nodiscard]] double share_up_to(const Ecdf& ecdf, double x);

// The largest difference between the distribution functions of two samples, from 0 (the same) to 1
// (all of one below all of the other): Kolmogorov and Smirnov's statistic. REQUIRES: neither empty.
[[nodiscard]] double ks_distance(const Ecdf& a, const Ecdf& b);

}  // namespace lockstep::sim
