#include "core/base/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

using namespace lockstep;

namespace {

constexpr int many = 200'000;

double seconds_of(Duration duration) { return duration.seconds(); }

struct Moments {
  double mean = 0;
  double deviation = 0;
};
template <class Draw>
Moments moments(Draw&& draw) {
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < many; ++i) {
    const double value = draw();
    sum += value;
    squares += value * value;
  }
  const double mean = sum / many;
  return {mean, std::sqrt(squares / many - mean * mean)};
}

// The golden values of seed 1: a change here changes every run of every scenario.
template <class T, std::size_t N, class Draw>
void starts_with(const std::array<T, N>& golden, Draw&& draw) {
  Random random(1);
  for (const T& expected : golden) CHECK(draw(random) == expected);
}

}  // namespace

TEST_CASE("golden values: integers") {
  // xoshiro256** with its state from splitmix64(1).
  starts_with(std::array<std::uint64_t, 4>{0xB3F2AF6D0FC710C5u, 0x853B559647364CEAu,
                                           0x92F89756082A4514u, 0x642E1C7BC266A3A7u},
              [](Random& random) { return random.next(); });
  starts_with(std::array<std::uint64_t, 8>{7, 5, 5, 3, 6, 1, 0, 3},
              [](Random& random) { return random.below(10); });
  // A bound that throws almost every second draw away.
  starts_with(std::array<std::uint64_t, 4>{4800180567299270261u, 5295190459760845450u,
                                           3609369285294772691u, 3515805966490203214u},
              [](Random& random) { return random.below((std::uint64_t{1} << 63) + 1); });
  starts_with(std::array<std::int64_t, 6>{2, 0, 1, -1, 2, -4},
              [](Random& random) { return random.between(-5, 5); });
  Random random(1);
  std::array<int, 10> items{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  random.shuffle(items);
  CHECK(items == std::array<int, 10>{3, 6, 1, 5, 0, 9, 2, 8, 4, 7});
  CHECK(mix_seed(1, 2) == 0xA6A4D8E5E7841522u);
  CHECK(mix_seed(1, 2, 3) == 0xC18182984DAF3C87u);
}

TEST_CASE("golden values: fixed point") {
  starts_with(std::array<std::int64_t, 5>{1762548, 3265436, 2774709, 4691038, 1803569},
              [](Random& random) { return random.exponential(milliseconds(5)).ns(); });
  starts_with(
      std::array<std::int64_t, 5>{8093419654, 5592435098, 1882574100, -2823057326, 4651226874},
      [](Random& random) { return random.normal_q32(); });
  starts_with(std::array<std::int64_t, 5>{12828073, 9587719, 6225155, 3599485, 8592691},
              [](Random& random) { return random.lognormal(milliseconds(5), 500).ns(); });
  CHECK(minus_log2_q32(1) == std::uint64_t{64} << 32);
  CHECK(exp2_fraction_q32(0) == std::uint64_t{1} << 32);
}

TEST_CASE("a copy goes the same way, another seed another way") {
  Random random(5);
  random.next();
  Random copy = random;
  CHECK(copy == random);
  CHECK(copy.next() == random.next());
  CHECK(Random(5).next() != Random(6).next());
  CHECK(mix_seed(1, 2) != mix_seed(2, 1));
}

TEST_CASE("bounded draws stay in bounds and hit each value equally often") {
  Random random(2);
  std::array<int, 7> counts{};
  for (int i = 0; i < many; ++i) ++counts[random.below(7)];
  for (const int count : counts) CHECK(std::abs(count - many / 7) < 900);
  for (int i = 0; i < 1000; ++i) {
    CHECK(random.below(1) == 0);
    CHECK(random.between(3, 3) == 3);
    const std::int64_t value = random.between(-2, 2);
    CHECK(std::abs(value) <= 2);
  }
  random.between(INT64_MIN, INT64_MAX);
  CHECK_THROWS_AS(random.between(1, 0), CheckFailed);
}

TEST_CASE("chance") {
  Random random(3);
  int hits = 0;
  for (int i = 0; i < many; ++i) {
    hits += random.chance({1, 4});
    if (random.chance({0, 5}) || !random.chance({5, 5})) FAIL("0 never happens, 1 always does");
  }
  CHECK(std::abs(hits - many / 4) < 900);
}

TEST_CASE("shuffles give every order equally often") {
  Random random(4);
  std::array<int, 6> seen{};
  for (int i = 0; i < many; ++i) {
    std::vector<int> items{0, 1, 2};
    random.shuffle(items);
    ++seen[static_cast<std::size_t>(items[0] * 2 + (items[1] > items[2]))];
  }
  for (const int count : seen) CHECK(std::abs(count - many / 6) < 900);
}

TEST_CASE("fixed-point logarithm and power agree with the mathematical ones") {
  Random random(5);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t x = (random.next() >> random.below(64)) | 1;
    const double exact = (64 - std::log2(static_cast<double>(x))) * 4294967296.0;
    CHECK(std::abs(static_cast<double>(minus_log2_q32(x)) - exact) < 2000);  // 5e-7
    const auto fraction = static_cast<std::uint32_t>(random.next());
    const double power = std::exp2(fraction / 4294967296.0) * 4294967296.0;
    CHECK(std::abs(static_cast<double>(exp2_fraction_q32(fraction)) - power) < 2000);
  }
}

TEST_CASE("exponential, normal and log-normal draws have their moments") {
  Random random(6);
  const Moments waits = moments([&] { return seconds_of(random.exponential(seconds(2))); });
  CHECK(waits.mean == doctest::Approx(2).epsilon(0.01));
  CHECK(waits.deviation == doctest::Approx(2).epsilon(0.015));

  const auto normal = [&] { return static_cast<double>(random.normal_q32()) / 4294967296.0; };
  const Moments bell = moments(normal);
  CHECK(std::abs(bell.mean) < 0.01);
  CHECK(bell.deviation == doctest::Approx(1).epsilon(0.01));
  int within = 0;
  for (int i = 0; i < many; ++i) within += std::abs(normal()) < 1;
  CHECK(within / static_cast<double>(many) == doctest::Approx(0.6827).epsilon(0.01));

  const Moments logs =
      moments([&] { return std::log(seconds_of(random.lognormal(seconds(3), 500))); });
  CHECK(logs.mean == doctest::Approx(std::log(3)).epsilon(0.01));
  CHECK(logs.deviation == doctest::Approx(0.5).epsilon(0.01));
}

TEST_CASE("draws of nothing are nothing") {
  Random random(7);
  CHECK(random.exponential(Duration(0)) == Duration(0));
  CHECK(random.lognormal(Duration(0), 500) == Duration(0));
  CHECK(random.lognormal(seconds(3), 0) == seconds(3));
  CHECK_THROWS_AS(random.exponential(Duration(-1)), CheckFailed);
}
