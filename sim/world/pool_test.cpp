#include "sim/world/pool.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "core/base/random.hpp"

namespace lockstep::sim {
namespace {

TEST_CASE("a freed slot is used again, the newest first") {
  Pool<int> pool;
  const Slot a = pool.take(), b = pool.take(), c = pool.take();
  CHECK(a != b);
  CHECK(b != c);
  pool.release(a);
  pool.release(c);
  CHECK(pool.take() == c);
  CHECK(pool.take() == a);
  CHECK(pool.take() == 3);
}

TEST_CASE("what is held stays where it is and as it is, however much the pool grows") {
  Pool<std::string> pool;
  std::map<Slot, std::pair<std::string, const std::string*>> held;
  Random random(1);
  for (int round = 0; round < 20'000; ++round) {
    if (held.empty() || random.chance({3, 5})) {
      const Slot slot = pool.take();
      pool[slot] = std::to_string(round);
      REQUIRE(held.emplace(slot, std::pair(pool[slot], &pool[slot])).second);
    } else {
      const auto gone = held.lower_bound(
          static_cast<Slot>(random.below(std::uint64_t{held.rbegin()->first} + 1)));
      pool.release(gone->first);
      held.erase(gone);
    }
  }
  REQUIRE(held.size() > 2048);  // more than two chunks
  for (const auto& [slot, what] : held) {
    REQUIRE(pool[slot] == what.first);
    REQUIRE(&pool[slot] == what.second);
  }
}

}  // namespace
}  // namespace lockstep::sim
