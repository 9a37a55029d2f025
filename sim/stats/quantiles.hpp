// Quantiles, mean and maximum of samples, for figures in reports and sweeps.
//
// A quantile is the linear interpolation between the two nearest ranks, type 7 of Hyndman and Fan
// (1996), as R, NumPy and spreadsheets use by default: with n sorted samples x[0] .. x[n-1], that
// of q is at h = q * (n - 1), and is x[floor(h)] + (h - floor(h)) * (x[floor(h) + 1] -
// x[floor(h)]).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lockstep::sim {

// REQUIRES: samples sorted and not empty, 0 <= q <= 1.
[[nodiscard]] double quantile_of_sorted(std::span<const std::int64_t> samples, double q);
[[nodiscard]] double quantile_of_sorted(std::span<const double> samples, double q);

// The columns of points.csv; all 0 where there are no samples.
struct Summary {
  std::size_t n = 0;
  double mean = 0, p1 = 0, p10 = 0, p50 = 0, p90 = 0, p99 = 0, max = 0;
  friend bool operator==(const Summary&, const Summary&) = default;
};
// The same for every order of the samples.
[[nodiscard]] Summary summarize(std::vector<std::int64_t> samples);
[[nodiscard]] Summary summarize(std::vector<double> samples);

}  // namespace lockstep::sim
