#include "core/base/flat_map.hpp"

#include <doctest/doctest.h>

#include <iterator>
#include <map>
#include <vector>

#include "core/base/random.hpp"

using namespace lockstep;

TEST_CASE("a flat map does what std::map does") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    FlatMap<int, int> flat;
    std::map<int, int> twin;
    for (int step = 0; step < 1000; ++step) {
      const auto key = static_cast<int>(random.below(40));
      switch (random.below(6)) {
        case 0: REQUIRE(flat.insert(key, step) == twin.emplace(key, step).second); break;
        case 1:
          flat[key] += step;
          twin[key] += step;
          break;
        case 2: REQUIRE(flat.erase(key) == (twin.erase(key) > 0)); break;
        case 3: {
          const int* const found = flat.find(key);
          const auto expected = twin.find(key);
          REQUIRE((found != nullptr) == (expected != twin.end()));
          if (found != nullptr) REQUIRE(*found == expected->second);
          REQUIRE(flat.contains(key) == (found != nullptr));
          break;
        }
        case 4: {
          const auto at = flat.lower_bound(key);
          const auto expected = twin.lower_bound(key);
          REQUIRE((at == flat.end()) == (expected == twin.end()));
          if (at != flat.end()) REQUIRE(at->first == expected->first);
          break;
        }
        default:
          if (!random.chance({1, 20})) break;
          flat.erase(flat.lower_bound(key), flat.lower_bound(key + 5));
          twin.erase(twin.lower_bound(key), twin.lower_bound(key + 5));
      }
      REQUIRE(flat.size() == twin.size());
      REQUIRE(flat.empty() == twin.empty());
    }
    const std::vector<std::pair<int, int>> items(flat.begin(), flat.end());
    CHECK(items == std::vector<std::pair<int, int>>(twin.begin(), twin.end()));
  }
}

TEST_CASE("flat maps are equal by content, whatever the order of insertion") {
  FlatMap<int, int> a;
  FlatMap<int, int> b;
  a[1] = 10;
  a[2] = 20;
  b[2] = 20;
  CHECK_FALSE(a == b);
  b[1] = 10;
  CHECK(a == b);
  a.clear();
  CHECK(a == FlatMap<int, int>());
}
