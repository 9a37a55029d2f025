#include "core/raft/reads.hpp"

#include <doctest/doctest.h>

#include "core/base/check.hpp"

using namespace lockstep;
using namespace lockstep::raft;

TEST_CASE("reads that arrive while a round is out wait for the next one") {
  Reads reads;
  CHECK_FALSE(reads.wants_round());
  reads.add(RequestId(1));
  reads.add(RequestId(2));
  CHECK(reads.wants_round());
  reads.begin_round(LogIndex(5));
  CHECK(reads.newest() == ReadRound(1));
  CHECK(reads.outstanding());
  reads.add(RequestId(3));
  CHECK_FALSE(reads.wants_round());
  CHECK(reads.index() == LogIndex(5));
  CHECK(reads.finish_round() == std::vector{RequestId(1), RequestId(2)});
  CHECK(reads.wants_round());
  reads.begin_round(LogIndex(7));
  CHECK(reads.newest() == ReadRound(2));
  CHECK(reads.index() == LogIndex(7));
  CHECK(reads.finish_round() == std::vector{RequestId(3)});
  CHECK_FALSE(reads.wants_round());
}

TEST_CASE("reads that are given up come back once, oldest first") {
  Reads reads;
  reads.add(RequestId(4));
  reads.begin_round(LogIndex(1));
  reads.add(RequestId(5));
  CHECK(reads.give_up() == std::vector{RequestId(4), RequestId(5)});
  CHECK(reads.give_up().empty());
  CHECK_FALSE(reads.outstanding());
  CHECK_THROWS_AS(reads.begin_round(LogIndex(1)), CheckFailed);
  CHECK_THROWS_AS((void)reads.finish_round(), CheckFailed);
}
