#include "sim/stats/histogram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

#include "core/base/check.hpp"
#include "core/base/random.hpp"

using namespace lockstep;
using namespace lockstep::sim;

TEST_CASE("an interval holds its lower edge, the last one both") {
  const Histogram found = histogram_of({0, 1, 1.9, 2, 3, 4, 4}, 2);
  CHECK(found.edges == std::vector<double>{0, 2, 4});
  CHECK(found.counts == std::vector<std::uint64_t>{3, 4});
}

TEST_CASE("equal samples are all in one interval") {
  const Histogram found = histogram_of({5, 5, 5}, 10);
  CHECK(found.edges == std::vector<double>{4.5, 5.5});
  CHECK(found.counts == std::vector<std::uint64_t>{3});
}

TEST_CASE("no samples and no intervals are bugs") {
  CHECK_THROWS_AS((void)histogram_of({}, 3), CheckFailed);
  CHECK_THROWS_AS((void)histogram_of({1}, 0), CheckFailed);
}

TEST_CASE("counts are those of looking at each sample with each interval, and none is lost") {
  Random random(1895);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> samples(2 + random.below(50));
    for (double& x : samples) x = static_cast<double>(random.between(-1000, 1000)) / 7;
    const auto bins = static_cast<std::uint32_t>(1 + random.below(12));
    const Histogram found = histogram_of(samples, bins);
    if (found.counts.size() == 1 && bins > 1) continue;  // all equal
    REQUIRE(found.counts.size() == bins);
    CHECK(found.edges.front() == *std::min_element(samples.begin(), samples.end()));
    CHECK(found.edges.back() == *std::max_element(samples.begin(), samples.end()));
    for (std::uint32_t i = 0; i < bins; ++i) {
      const auto inside = std::count_if(samples.begin(), samples.end(), [&](double x) {
        return found.edges[i] <= x &&
               (x < found.edges[i + 1] || (i + 1 == bins && x == found.edges[i + 1]));
      });
      CHECK(found.counts[i] == static_cast<std::uint64_t>(inside));
    }
    CHECK(std::accumulate(found.counts.begin(), found.counts.end(), std::uint64_t{0}) ==
          samples.size());
  }
}
