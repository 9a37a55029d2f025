// Random: the only source of chance, the same numbers on every platform, compiler and library.
//
// xoshiro256** (Blackman and Vigna, 2018) seeded through splitmix64. Integers only: bounds are
// unbiased (Lemire, 2019), and the exponential and normal draws are fixed point, from tables made
// by integer arithmetic. Golden values pin all of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/base/check.hpp"
#include "core/base/ratio.hpp"
#include "core/base/time.hpp"

namespace lockstep {

// Mixes values into one seed, so that (seed, node, incarnation, purpose) gives unrelated streams.
[[nodiscard]] std::uint64_t mix_seed(std::uint64_t a, std::uint64_t b);
template <class... More>
[[nodiscard]] std::uint64_t mix_seed(std::uint64_t a, std::uint64_t b, More... more) {
  return mix_seed(mix_seed(a, b), static_cast<std::uint64_t>(more)...);
}

class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next();
  // Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  // Uniform in [low, high], both included; low <= high.
  std::int64_t between(std::int64_t low, std::int64_t high);
  Duration between(Duration low, Duration high) { return Duration(between(low.ns(), high.ns())); }
  bool chance(Ratio ratio) { return !ratio.never() && below(ratio.denominator) < ratio.numerator; }

  // Exponential with the given mean, within 1 ns plus 1e-6 of the inverse of the distribution; at
  // most 44.4 means.
  Duration exponential(Duration mean);
  // Standard normal in units of 2^-32 (Marsaglia's polar method, 1964).
  std::int64_t normal_q32();
  // Log-normal: median * exp(sigma * z), sigma in thousandths; capped at 2^20 medians.
  Duration lognormal(Duration median, std::uint32_t sigma_permille);

  template <class Sequence>
  void shuffle(Sequence& items) {
    for (std::size_t left = items.size(); left > 1; --left) {
      using std::swap;
      swap(items[left - 1], items[below(left)]);
    }
  }
  template <class Sequence>
  const auto& pick(const Sequence& items) {
    check(!items.empty(), "there is something to pick from");
    return items[below(items.size())];
  }

  friend bool operator==(const Random&, const Random&) = default;

 private:
  std::array<std::uint64_t, 4> state_;
};

// Fixed-point logarithm and exponential, for the draws above and for anybody who must not use libm.
// -log2(x / 2^64) in units of 2^-32, for x > 0.
[[nodiscard]] std::uint64_t minus_log2_q32(std::uint64_t x);
// 2^(fraction / 2^32) in units of 2^-32, for a fraction in [0, 2^32): a value in [2^32, 2^33).
[[nodiscard]] std::uint64_t exp2_fraction_q32(std::uint32_t fraction);

}  // namespace lockstep
