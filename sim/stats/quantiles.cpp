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

template <class T>
Summary summary_of(std::vector<T> samples) {
  if (samples.empty()) return {};
  std::sort(samples.begin(), samples.end());
  // In sorted order, so that the order in which samples came changes no digit.
  long double sum = 0;
  for (const T sample : samples) sum += static_cast<long double>(sample);
  const auto at = [&](double q) { return interpolated<T>(samples, q); };
  return {samples.size(), static_cast<double>(sum / static_cast<long double>(samples.size())),
          at(0.01),       at(0.1),
          at(0.5),        at(0.9),
          at(0.99),       at(1)};
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
