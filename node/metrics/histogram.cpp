#include "node/metrics/histogram.hpp"

namespace lockstep::node {

double Histogram::quantile_ms(double p) const {
  if (count_ == 0) return 0;
  const double wanted = p * static_cast<double>(count_);
  double before = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const double here = static_cast<double>(counts_[i]);
    if (before + here >= wanted && here > 0) {
      const double low = i == 0 ? 0 : static_cast<double>(bounds_us[i - 1]);
      const double high =
          static_cast<double>(i < bounds_us.size() ? bounds_us[i] : 2 * bounds_us.back());
      return (low + (high - low) * (wanted - before) / here) / 1000;
    }
    before += here;
  }
  return static_cast<double>(bounds_us.back()) / 1000;
}

Histogram Histogram::since(const Histogram& before) const {
  Histogram result = *this;
  for (std::size_t i = 0; i < counts_.size(); ++i) result.counts_[i] -= before.counts_[i];
  result.count_ -= before.count_;
  result.sum_ = sum_ - before.sum_;
  return result;
}

}  // namespace lockstep::node
