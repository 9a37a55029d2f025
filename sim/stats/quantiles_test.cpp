#include "sim/stats/quantiles.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/base/check.hpp"
#include "core/base/random.hpp"

using namespace lockstep;
using namespace lockstep::sim;

namespace {

using Integers = std::vector<std::int64_t>;

// The definition in exact integers: rank (n - 1) * per_mille / 1000 of the samples picked out one
// by one as the smallest that is left.
double naive(Integers samples, std::uint64_t per_mille) {
  Integers sorted;
  while (!samples.empty()) {
    const auto least = std::min_element(samples.begin(), samples.end());
    sorted.push_back(*least);
    samples.erase(least);
  }
  const std::uint64_t place = (sorted.size() - 1) * per_mille;
  const std::uint64_t below = place / 1000, rest = place % 1000;
  const std::int64_t low = sorted[below];
  const std::int64_t high = rest == 0 ? low : sorted[below + 1];
  return static_cast<double>(low * static_cast<std::int64_t>(1000 - rest) +
                             high * static_cast<std::int64_t>(rest)) /
         1000.0;
}

}  // namespace

TEST_CASE("quantiles interpolate between the nearest ranks") {
  const Integers four{10, 20, 30, 40};
  CHECK(quantile_of_sorted(four, 0) == 10);
  CHECK(quantile_of_sorted(four, 1) == 40);
  CHECK(quantile_of_sorted(four, 0.5) == 25);
  CHECK(quantile_of_sorted(four, 0.1) == doctest::Approx(13));
  CHECK(quantile_of_sorted(four, 0.9) == doctest::Approx(37));
  CHECK(quantile_of_sorted(Integers{7}, 0.3) == 7);
  CHECK(quantile_of_sorted(std::vector<double>{0.5, 1.5}, 0.25) == doctest::Approx(0.75));
}

TEST_CASE("a quantile of nothing, or outside 0 to 1, is a bug") {
  CHECK_THROWS_AS((void)quantile_of_sorted(Integers{}, 0.5), CheckFailed);
  CHECK_THROWS_AS((void)quantile_of_sorted(Integers{1}, 1.01), CheckFailed);
  CHECK_THROWS_AS((void)quantile_of_sorted(Integers{1}, -0.01), CheckFailed);
}

TEST_CASE("a summary is the same for every order of the samples") {
  CHECK(summarize(Integers{}) == Summary{});
  CHECK(summarize(Integers{5}) == Summary{1, 5, 5, 5, 5, 5, 5, 5});
  Random random(1996);
  for (int round = 0; round < 500; ++round) {
    Integers samples(1 + random.below(40));
    std::int64_t sum = 0;
    for (auto& sample : samples) sum += sample = random.between(-1'000'000, 1'000'000);
    const Summary summary = summarize(samples);
    CHECK(summary.n == samples.size());
    CHECK(summary.mean ==
          doctest::Approx(static_cast<double>(sum) / static_cast<double>(samples.size())));
    CHECK(summary.p1 == doctest::Approx(naive(samples, 10)));
    CHECK(summary.p10 == doctest::Approx(naive(samples, 100)));
    CHECK(summary.p50 == doctest::Approx(naive(samples, 500)));
    CHECK(summary.p90 == doctest::Approx(naive(samples, 900)));
    CHECK(summary.p99 == doctest::Approx(naive(samples, 990)));
    CHECK(summary.max == static_cast<double>(*std::max_element(samples.begin(), samples.end())));
    Integers shuffled = samples;
    random.shuffle(shuffled);
    CHECK(summarize(shuffled) == summary);
    std::vector<double> decimals(samples.begin(), samples.end());
    CHECK(summarize(decimals) == summary);
  }
}
