#include "core/base/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

using namespace lockstep;

namespace {

constexpr int many = 200'000;

double seconds_of(Duration duration) { return duration.seconds(); }

struct Moments {
  double mean = 0;
  double variance = 0;
};
template <class Draw>
double share_below(double bound, Draw&& draw) {
  int below = 0;
  for (int i = 0; i < many; ++i) below += draw() < bound;
  return below / static_cast<double>(many);
}
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
  return {mean, squares / many - mean * mean};
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

TEST_CASE("the fixed-point power obeys its law, and the logarithm undoes it") {
  constexpr std::uint64_t one = std::uint64_t{1} << 32;
  __extension__ using Wide = unsigned __int128;
  const auto apart = [](std::uint64_t a, std::uint64_t b) { return a < b ? b - a : a - b; };
  // 2^x 2^y = 2^(x+y), with 2^0 = 1 and 2^1 = 2: within 1e-6 nothing else is left.
  const auto power = [](std::uint64_t x) {
    return exp2_fraction_q32(static_cast<std::uint32_t>(x)) << (x >> 32);
  };
  CHECK(power(0) == one);
  CHECK(power(one) == 2 * one);
  Random random(5);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t x = random.next() >> 32;
    const std::uint64_t y = random.next() >> 32;
    const auto product = static_cast<std::uint64_t>((Wide{power(x)} * power(y)) >> 32);
    REQUIRE(apart(product, power(x + y)) < 8000);
    const std::uint64_t scaled = power(x) << 30;  // 2^(62 + x)
    REQUIRE(apart(minus_log2_q32(scaled), 2 * one - x) < 4000);
    const auto zeros = random.below(62);
    REQUIRE(apart(minus_log2_q32(scaled >> zeros), (2 + zeros) * one - x) <
            4000 + (std::uint64_t{8} << 32 >> (62 - zeros)));
  }
}

TEST_CASE("exponential, normal and log-normal draws have the right shape") {
  Random random(6);
  const auto wait = [&] { return seconds_of(random.exponential(seconds(2))); };
  const Moments waits = moments(wait);
  CHECK(waits.mean == doctest::Approx(2).epsilon(0.01));
  CHECK(waits.variance == doctest::Approx(4).epsilon(0.03));
  CHECK(share_below(1.386294, wait) == doctest::Approx(0.5).epsilon(0.01));
  CHECK(share_below(2, wait) == doctest::Approx(0.632121).epsilon(0.01));

  const auto normal = [&] { return static_cast<double>(random.normal_q32()) / 4294967296.0; };
  const Moments bell = moments(normal);
  CHECK(std::abs(bell.mean) < 0.01);
  CHECK(bell.variance == doctest::Approx(1).epsilon(0.015));
  CHECK(share_below(-1, normal) == doctest::Approx(0.158655).epsilon(0.015));
  CHECK(share_below(1, normal) == doctest::Approx(0.841345).epsilon(0.01));
  CHECK(share_below(2, normal) == doctest::Approx(0.977250).epsilon(0.01));

  const auto skewed = [&] { return seconds_of(random.lognormal(seconds(3), 500)); };
  CHECK(share_below(1.819592, skewed) == doctest::Approx(0.158655).epsilon(0.015));
  CHECK(share_below(3, skewed) == doctest::Approx(0.5).epsilon(0.01));
  CHECK(share_below(4.946164, skewed) == doctest::Approx(0.841345).epsilon(0.01));
  CHECK(moments(skewed).mean == doctest::Approx(3.399445).epsilon(0.01));
}

TEST_CASE("draws of nothing are nothing") {
  Random random(7);
  CHECK(random.exponential(Duration(0)) == Duration(0));
  CHECK(random.lognormal(Duration(0), 500) == Duration(0));
  CHECK(random.lognormal(seconds(3), 0) == seconds(3));
  CHECK_THROWS_AS(random.exponential(Duration(-1)), CheckFailed);
}
