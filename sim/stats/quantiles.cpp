#include "sim/stats/quantiles.hpp"

#include <algorithm>

#include "core/base/check.hpp"

namespace lockstep::sim {

namespace {

template <class T>
double interpolated(std::span<const T> samples, double q) {
  check(!samples.empty(), "a quantile is taken of one sample at least");
  check(q >= 0 && q <= 1, "a quantile lies between 0 and 1");
  const double place = q * static_cast<double>(samples.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto low = static_cast<double>(samples[below]);
  if (below + 1 == samples.size()) return low;
  const auto high = static_cast<double>(samples[below + 1]);
  return low + (place - static_cast<double>(below)) * (high - low);
}

// Exact, so that it is the same for every order.
double mean_of(const std::vector<std::int64_t>& samples) {
  __extension__ using Wide = __int128;
  Wide sum = 0;
  for (const std::int64_t sample : samples) sum += sample;
  return static_cast<double>(sum) / static_cast<double>(samples.size());
}
// REQUIRES: samples sorted, so that the order they came in changes no digit.
double mean_of(const std::vector<double>& samples) {
  double sum = 0;
  for (const double sample : samples) sum += sample;
  return sum / static_cast<double>(samples.size());
}

template <class T>
Summary summary_of(std::vector<T> samples) {
  if (samples.empty()) return {};
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double q) { return interpolated<T>(samples, q); };
  return {samples.size(), mean_of(samples), at(0.01), at(0.1), at(0.5), at(0.9), at(0.99), at(1)};
}

}  // namespace

double quantile_of_sorted(std::span<const std::int64_t> samples, double q) {
  return interpolated(samples, q);
}
double quantile_of_sorted(std::span<const double> samples, double q) {
  return interpolated(samples, q);
}
Summary summarize(std::vector<std::int64_t> samples) { return summary_of(std::move(samples)); }
Summary summarize(std::vector<double> samples) { return summary_of(std::move(samples)); }

}  // namespace lockstep::sim
