// Histogram: how often a time fell into each of a fixed row of buckets, as Prometheus counts it.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/time.hpp"

namespace lockstep::node {

class Histogram {
 public:
  // Upper bounds in microseconds: 1, 2 and 5 times the powers of ten from 10 us to 5 s.
  static constexpr std::array<std::int64_t, 18> bounds_us{
      10,     20,     50,     100,     200,     500,     1'000,     2'000,     5'000,
      10'000, 20'000, 50'000, 100'000, 200'000, 500'000, 1'000'000, 2'000'000, 5'000'000};

  void add(Duration time) {
    const std::int64_t us = time.ns() / 1000;
    std::size_t at = 0;
    while (at < bounds_us.size() && us > bounds_us[at]) ++at;
    ++counts_[at];
    sum_ = sum_ + time;
    ++count_;
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Duration sum() const { return sum_; }
  // In the bucket of that place; the last one is of what is above every bound.
  [[nodiscard]] std::uint64_t in(std::size_t bucket) const { return counts_[bucket]; }
  // Interpolated within its bucket; 0 when there is nothing. 0 <= p <= 1.
  [[nodiscard]] double quantile_ms(double p) const;

  // What came since `before`, an earlier state of this one.
  [[nodiscard]] Histogram since(const Histogram& before) const;

 private:
  std::array<std::uint64_t, bounds_us.size() + 1> counts_{};
  std::uint64_t count_ = 0;
  Duration sum_;
};

}  // namespace lockstep::node
