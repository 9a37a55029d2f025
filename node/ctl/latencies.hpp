// Latencies: how often an operation took how long, within 2 %, in the same small space for any
// number of them.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/base/time.hpp"

namespace lockstep::ctl {

class Latencies {
 public:
  void add(Duration time) {
    const std::size_t at = bucket(static_cast<std::uint64_t>(std::max<std::int64_t>(time.ns(), 0)));
    if (counts_.size() <= at) counts_.resize(at + 1);
    ++counts_[at];
    ++count_;
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }

  // The upper edge of the bucket that holds it; 0 when there is nothing. 0 < p <= 1.
  [[nodiscard]] double quantile_ms(double p) const {
    const auto rank = static_cast<std::uint64_t>(p * static_cast<double>(count_));
    std::uint64_t below = 0;
    for (std::size_t at = 0; at < counts_.size(); ++at) {
      below += counts_[at];
      if (below > rank || below == count_) return static_cast<double>(edge(at)) / 1e6;
    }
    return 0;
  }

 private:
  // Each power of two is cut into 64 equal parts.
  static constexpr unsigned bits = 6;
  static std::size_t bucket(std::uint64_t ns) {
    const auto width = static_cast<unsigned>(std::bit_width(ns));
    if (width <= bits + 1) return static_cast<std::size_t>(ns);
    const unsigned shift = width - bits - 1;
    return (static_cast<std::size_t>(shift) << bits) + static_cast<std::size_t>(ns >> shift);
  }
  static std::uint64_t edge(std::size_t at) {
    if (at < (std::size_t{2} << bits)) return at;
    const std::size_t shift = (at >> bits) - 1;
    const std::uint64_t top = at - (shift << bits);
    return ((top + 1) << shift) - 1;
  }

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
};

}  // namespace lockstep::ctl
