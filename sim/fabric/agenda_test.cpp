#include "sim/fabric/agenda.hpp"

#include <doctest/doctest.h>

#include <map>

#include "core/base/random.hpp"

namespace lockstep::sim {
namespace {

TEST_CASE("what is due at the same instant comes in the order of adding") {
  Agenda agenda;
  agenda.add(Instant(7), 30);
  agenda.add(Instant(5), 10);
  agenda.add(Instant(5), 11);
  agenda.add(Instant(5), 12);
  REQUIRE(agenda.size() == 4);
  CHECK(agenda.next().at == Instant(5));
  CHECK(agenda.next().slot == 10);
  CHECK(agenda.pop().slot == 10);
  agenda.add(Instant(5), 13);
  CHECK(agenda.pop().slot == 11);
  CHECK(agenda.pop().slot == 12);
  CHECK(agenda.pop().slot == 13);
  CHECK(agenda.pop().slot == 30);
  CHECK(agenda.empty());
}

TEST_CASE("nothing is taken from an empty agenda") {
  Agenda agenda;
  CHECK_THROWS_AS((void)agenda.pop(), CheckFailed);
}

// A multimap keeps equal keys in the order of insertion: the promise, said plainly.
TEST_CASE("the agenda agrees with a multimap on random additions and removals") {
  for (const std::int64_t instants : {1, 3, 50, 1'000'000}) {
    Random random(static_cast<std::uint64_t>(instants));
    Agenda agenda;
    std::multimap<Instant, Slot> twin;
    Slot slot = 0;
    for (int round = 0; round < 20'000; ++round) {
      // Now more is added, now more is taken.
      const bool grows = (round / 500) % 2 == 0;
      if (twin.empty() || random.chance({grows ? 3u : 1u, 4})) {
        const Instant at(random.between(0, instants));
        agenda.add(at, ++slot);
        twin.emplace(at, slot);
        continue;
      }
      const auto due = agenda.pop();
      REQUIRE(due.at == twin.begin()->first);
      REQUIRE(due.slot == twin.begin()->second);
      twin.erase(twin.begin());
      REQUIRE(agenda.size() == twin.size());
    }
    for (; !twin.empty(); twin.erase(twin.begin()))
      REQUIRE(agenda.pop().slot == twin.begin()->second);
    CHECK(agenda.empty());
  }
}

}  // namespace
}  // namespace lockstep::sim
