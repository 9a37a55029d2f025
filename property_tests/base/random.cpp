// Random: bounds that hold from any seed.
#include "core/base/random.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "property_tests/support/property.hpp"

using namespace lockstep;
using namespace lockstep::properties;

TEST_CASE("draws stay in their bounds, from any seed") {
  holds([](Choices& choices) {
    Random random(choices.any());
    const std::uint64_t bound = std::max<std::uint64_t>(1, choices.any());
    auto low = static_cast<std::int64_t>(choices.any());
    auto high = static_cast<std::int64_t>(choices.any());
    if (choices.chance(1, 8)) low = std::numeric_limits<std::int64_t>::min();
    if (choices.chance(1, 8)) high = std::numeric_limits<std::int64_t>::max();
    if (high < low) std::swap(low, high);
    note("below " + std::to_string(bound) + ", between " + std::to_string(low) + " and " +
         std::to_string(high));
    const Duration mean(static_cast<std::int64_t>(choices.below(1'000'000'000'000)));
    const auto sigma = static_cast<std::uint32_t>(choices.below(3000));
    for (int i = 0; i < 20; ++i) {
      DEMAND(random.below(bound) < bound);
      const std::int64_t between = random.between(low, high);
      DEMAND(low <= between);
      DEMAND(between <= high);
      DEMAND(!random.chance({0, 7}));
      DEMAND(random.chance({7, 7}));
      const Duration wait = random.exponential(mean);
      DEMAND(Duration(0) <= wait);
      DEMAND(wait.ns() <= mean.ns() / 10 * 444 + 5000);
      const Duration skewed = random.lognormal(mean, sigma);
      DEMAND(Duration(0) <= skewed);
      if (mean.ns() < (std::int64_t{1} << 42)) DEMAND(skewed.ns() <= (mean.ns() << 20));
    }
  });
}

TEST_CASE("a shuffle keeps what it was given, and every place can get anything") {
  holds([](Choices& choices) {
    Random random(choices.any());
    std::vector<std::size_t> before(1 + choices.below(6));
    std::iota(before.begin(), before.end(), 0);
    std::vector<std::vector<bool>> seen(before.size(), std::vector<bool>(before.size()));
    for (int i = 0; i < 300; ++i) {
      std::vector<std::size_t> items = before;
      random.shuffle(items);
      for (std::size_t place = 0; place < before.size(); ++place) seen[place][items[place]] = true;
      DEMAND(std::is_permutation(items.begin(), items.end(), before.begin()));
    }
    for (const auto& row : seen) DEMAND(std::find(row.begin(), row.end(), false) == row.end());
  });
}

TEST_CASE("seeds that differ in one part give streams that differ") {
  holds([](Choices& choices) {
    const std::uint64_t a = choices.any(), b = choices.any();
    const std::uint64_t other = choices.any();
    if (other != a) DEMAND(mix_seed(a, b) != mix_seed(other, b));
    if (other != b) DEMAND(mix_seed(a, b) != mix_seed(a, other));
    Random one{mix_seed(a, b)}, two{mix_seed(a, b + 1)};
    int same = 0;
    for (int i = 0; i < 8; ++i) same += one.next() == two.next() ? 1 : 0;
    DEMAND_EQUAL(same, 0);
  });
}
