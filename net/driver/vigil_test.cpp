#include "net/driver/vigil.hpp"

#include <doctest/doctest.h>
#include <sched.h>

#include <functional>
#include <thread>

#include "net/driver/alarm.hpp"

namespace lockstep::net {
namespace {

void until(const std::function<bool()>& so) {
  while (!so()) std::this_thread::yield();
}

TEST_CASE("a vigil lasts its stretch from the latest touch, and comes back with the next one") {
  Vigil vigil(milliseconds(2));
  REQUIRE_FALSE(vigil.refused());
  CHECK_FALSE(vigil.awake());
  for (int i = 0; i < 3; ++i) {
    const Instant begun = now();
    vigil.touch();
    CHECK(vigil.awake());
    until([&] { return !vigil.awake(); });
    CHECK(now() - begun >= milliseconds(2));
  }
  const Instant begun = now();
  while (now() - begun < milliseconds(5)) vigil.touch();
  CHECK(vigil.awake());
}

TEST_CASE("a vigil of no length never begins") {
  Vigil vigil{Duration()};
  vigil.touch();
  CHECK_FALSE(vigil.awake());
}

TEST_CASE("the thread that touches keeps its scheduling class") {
  Vigil vigil(milliseconds(1));
  vigil.touch();
  CHECK(sched_getscheduler(0) == SCHED_OTHER);
}

TEST_CASE("a vigil that is under way ends with its owner") {
  const Instant begun = now();
  {
    Vigil vigil(seconds(3600));
    vigil.touch();
  }
  CHECK(now() - begun < seconds(600));
}

}  // namespace
}  // namespace lockstep::net
