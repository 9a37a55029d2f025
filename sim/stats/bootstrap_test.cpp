#include "sim/stats/bootstrap.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/check.hpp"
#include "core/base/random.hpp"
#include "sim/stats/quantiles.hpp"

using namespace lockstep;
using namespace lockstep::sim;

namespace {

using Samples = std::vector<double>;

double mean_of(const Samples& samples) {
  return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
}

// The same draws with plain loops.
MeanInterval naive(Samples samples, const Bootstrap& how) {
  std::sort(samples.begin(), samples.end());
  Random random(how.seed);
  Samples means;
  for (std::uint32_t i = 0; i < how.resamples; ++i) {
    Samples drawn;
    for (std::size_t k = 0; k < samples.size(); ++k)
      drawn.push_back(samples[random.below(samples.size())]);
    means.push_back(mean_of(drawn));
  }
  std::sort(means.begin(), means.end());
  const double outside = (1 - how.confidence) / 2;
  return {mean_of(samples), quantile_of_sorted(means, outside),
          quantile_of_sorted(means, 1 - outside)};
}

// The means of all n^n samples that can be drawn, each once.
Samples every_mean(const Samples& samples) {
  const std::size_t n = samples.size();
  std::size_t ways = 1;
  for (std::size_t i = 0; i < n; ++i) ways *= n;
  Samples means;
  for (std::size_t way = 0; way < ways; ++way) {
    double sum = 0;
    for (std::size_t k = 0, rest = way; k < n; ++k, rest /= n) sum += samples[rest % n];
    means.push_back(sum / static_cast<double>(n));
  }
  std::sort(means.begin(), means.end());
  return means;
}

}  // namespace

TEST_CASE("an interval is the outer quantiles of means of samples drawn with replacement") {
  Random random(1979);
  for (int round = 0; round < 50; ++round) {
    Samples samples(1 + random.below(60));
    for (double& sample : samples) sample = static_cast<double>(random.between(-1000, 1000)) / 8;
    const Bootstrap how{random.next(), static_cast<std::uint32_t>(1 + random.below(200)), 0.9};
    const MeanInterval found = mean_interval(samples, how), expected = naive(samples, how);
    CHECK(found.mean == doctest::Approx(expected.mean).epsilon(1e-12));
    CHECK(found.low == doctest::Approx(expected.low).epsilon(1e-12));
    CHECK(found.high == doctest::Approx(expected.high).epsilon(1e-12));
    random.shuffle(samples);
    CHECK(mean_interval(samples, how) == found);
  }
}

TEST_CASE("with many resamples it is the interval over all samples that can be drawn") {
  const Samples samples{1, 2, 4, 8, 16, 32};
  const Samples means = every_mean(samples);
  const MeanInterval found = mean_interval(samples, {7, 200'000, 0.95});
  CHECK(found.mean == 10.5);
  CHECK(std::abs(found.low - quantile_of_sorted(means, 0.025)) <= 0.2);
  CHECK(std::abs(found.high - quantile_of_sorted(means, 0.975)) <= 0.2);
}

TEST_CASE("of many samples it is the normal interval, mean -+ 1.96 standard errors") {
  Random random(1908);
  constexpr std::size_t n = 1000;
  Samples samples;
  for (std::size_t i = 0; i < n; ++i)
    samples.push_back(100 + 15 * std::ldexp(static_cast<double>(random.normal_q32()), -32));
  const double mean = mean_of(samples);
  double squares = 0;
  for (const double sample : samples) squares += (sample - mean) * (sample - mean);
  const double error = std::sqrt(squares / n / n);
  const MeanInterval found = mean_interval(samples, {1, 20'000, 0.95});
  CHECK(found.low == doctest::Approx(mean - 1.96 * error).epsilon(0.1 * error / mean));
  CHECK(found.high == doctest::Approx(mean + 1.96 * error).epsilon(0.1 * error / mean));
}

TEST_CASE("of 400 experiments about 95 in 100 intervals hold the true mean") {
  Random random(95);
  int held = 0;
  for (int experiment = 0; experiment < 400; ++experiment) {
    Samples samples(60);
    for (double& sample : samples) sample = static_cast<double>(random.below(1001));
    const MeanInterval found = mean_interval(samples, {random.next(), 400, 0.95});
    held += found.low <= 500 && 500 <= found.high;
  }
  CHECK(held >= 365);  // 380 expected, standard deviation 4.4
  CHECK(held <= 394);
}

TEST_CASE("equal samples leave no doubt, and the seed alone decides the rest") {
  CHECK(mean_interval({7}, {}) == MeanInterval{7, 7, 7});
  CHECK(mean_interval(Samples(1000, 0.1), {}) == mean_interval(Samples(1000, 0.1), {2, 10, 0.5}));
  const Samples samples{1, 5, 6, 9};
  CHECK(mean_interval(samples, {}) == mean_interval(samples, {}));
  CHECK(mean_interval(samples, {1, 50, 0.95}) != mean_interval(samples, {2, 50, 0.95}));
}

TEST_CASE("no samples, no resamples and no such confidence are bugs") {
  CHECK_THROWS_AS((void)mean_interval({}, {}), CheckFailed);
  CHECK_THROWS_AS((void)mean_interval({1, 2}, {1, 0, 0.95}), CheckFailed);
  CHECK_THROWS_AS((void)mean_interval({1, 2}, {1, 10, 1}), CheckFailed);
}
