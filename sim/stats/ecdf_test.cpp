#include "sim/stats/ecdf.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "core/base/check.hpp"
#include "core/base/random.hpp"

using namespace lockstep;
using namespace lockstep::sim;

namespace {

using Samples = std::vector<double>;

double naive_share(const Samples& samples, double x) {
  const auto up_to =
      std::count_if(samples.begin(), samples.end(), [&](double s) { return s <= x; });
  return static_cast<double>(up_to) / static_cast<double>(samples.size());
}
// Looks at every place where either function could change.
double naive_distance(const Samples& a, const Samples& b) {
  double distance = 0;
  for (const Samples* of : {&a, &b})
    for (const double x : *of)
      distance = std::max(distance, std::abs(naive_share(a, x) - naive_share(b, x)));
  return distance;
}

double distance(const Samples& a, const Samples& b) { return ks_distance(ecdf_of(a), ecdf_of(b)); }

}  // namespace

TEST_CASE("a distribution function steps at each distinct sample") {
  const Ecdf ecdf = ecdf_of({3, 1, 3, 2});
  CHECK(ecdf.at == Samples{1, 2, 3});
  CHECK(ecdf.share == Samples{0.25, 0.5, 1});
  CHECK(share_up_to(ecdf, 0.99) == 0);
  CHECK(share_up_to(ecdf, 1) == 0.25);
  CHECK(share_up_to(ecdf, 2.5) == 0.5);
  CHECK(share_up_to(ecdf, 1e9) == 1);
  CHECK(share_up_to(ecdf_of({}), 0) == 0);
}

TEST_CASE("the distance of two samples is the largest gap between their functions") {
  CHECK(distance({1, 2, 3}, {3, 2, 1}) == 0);
  CHECK(distance({1, 2}, {3, 4}) == 1);
  CHECK(distance({3, 4}, {1, 2}) == 1);
  CHECK(distance({1, 2, 3, 4}, {3, 4, 5, 6}) == 0.5);
  CHECK(distance({5}, {5, 5, 5}) == 0);
  CHECK(distance({0}, {-1, 1}) == 0.5);
  CHECK_THROWS_AS((void)distance({}, {1}), CheckFailed);
}

TEST_CASE("shares and distances are those counted one by one") {
  Random random(1933);
  for (int round = 0; round < 300; ++round) {
    Samples a(1 + random.below(30)), b(1 + random.below(30));
    for (double& x : a) x = static_cast<double>(random.between(0, 20)) / 4;
    for (double& x : b) x = static_cast<double>(random.between(3, 25)) / 4;
    CHECK(distance(a, b) == doctest::Approx(naive_distance(a, b)).epsilon(1e-12));
    CHECK(distance(a, b) == distance(b, a));
    const Ecdf ecdf = ecdf_of(a);
    for (int x = -2; x < 30; ++x) CHECK(share_up_to(ecdf, x / 4.0) == naive_share(a, x / 4.0));
  }
}

TEST_CASE("two halves of a uniform draw are near, and a shift is their distance") {
  Random random(1948);
  Samples a, b, shifted;
  for (int i = 0; i < 20'000; ++i) {
    a.push_back(static_cast<double>(random.below(1'000'000)) / 1e6);
    b.push_back(static_cast<double>(random.below(1'000'000)) / 1e6);
    shifted.push_back(b.back() + 0.3);
  }
  CHECK(distance(a, b) < 1.63 * std::sqrt(2.0 / 20'000));  // the 1 % point (Smirnov, 1948)
  CHECK(distance(a, shifted) == doctest::Approx(0.3).epsilon(0.05));
}
