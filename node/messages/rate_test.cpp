#include "node/messages/rate.hpp"

#include <doctest/doctest.h>

namespace lockstep::node {
namespace {

TEST_CASE("the second that runs does not count, the last five do, older ones do not") {
  Rate rate;
  const Instant begun = Instant() + seconds(100);
  for (int i = 0; i < 10; ++i) rate.add(begun + milliseconds(i));
  CHECK(rate.per_second(begun + milliseconds(900)) == 0);
  CHECK(rate.per_second(begun + seconds(1)) == 2);
  for (int i = 0; i < 5; ++i) rate.add(begun + seconds(2));
  CHECK(rate.per_second(begun + seconds(5)) == 3);
  CHECK(rate.per_second(begun + seconds(6)) == 1);
  CHECK(rate.per_second(begun + seconds(8)) == 0);
}

TEST_CASE("after a long silence nothing is left of before") {
  Rate rate;
  rate.add(Instant() + seconds(1));
  CHECK(rate.per_second(Instant() + seconds(1000)) == 0);
  rate.add(Instant() + seconds(1000));
  CHECK(rate.per_second(Instant() + seconds(1001)) == 0.2);
}

}  // namespace
}  // namespace lockstep::node
