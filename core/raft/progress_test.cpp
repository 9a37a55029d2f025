#include "core/raft/progress.hpp"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::raft;

namespace {

Progress at(Sending sending, std::uint64_t match, std::uint64_t next) {
  Progress progress;
  progress.sending = sending;
  progress.match = LogIndex(match);
  progress.next = LogIndex(next);
  return progress;
}

}  // namespace

TEST_CASE("an accepted probe starts the pipeline right after what matched") {
  Progress progress = at(Sending::probe, 0, 8);
  progress.waiting = true;
  progress.accepted(LogIndex(7));
  CHECK(progress == at(Sending::replicate, 7, 8));
  progress = at(Sending::probe, 2, 8);
  progress.accepted(LogIndex(4));
  CHECK(progress == at(Sending::replicate, 4, 5));
}

TEST_CASE("late and repeated answers move nothing back") {
  Progress progress = at(Sending::replicate, 7, 12);
  progress.accepted(LogIndex(5));
  CHECK(progress == at(Sending::replicate, 7, 12));
  progress.accepted(LogIndex(7));
  CHECK(progress == at(Sending::replicate, 7, 12));
  progress.accepted(LogIndex(15));
  CHECK(progress == at(Sending::replicate, 15, 16));
}

TEST_CASE("a rejection goes back, never behind what matched") {
  Progress progress = at(Sending::replicate, 7, 12);
  progress.rejected(LogIndex(9));
  CHECK(progress == at(Sending::probe, 7, 10));
  progress.rejected(LogIndex(3));
  CHECK(progress == at(Sending::probe, 7, 8));
}

TEST_CASE("only a rejection of what is still open is news") {
  const Progress pipeline = at(Sending::replicate, 7, 12);
  CHECK_FALSE(pipeline.is_news(LogIndex(7)));
  CHECK(pipeline.is_news(LogIndex(8)));
  CHECK(pipeline.is_news(LogIndex(11)));
  CHECK_FALSE(pipeline.is_news(LogIndex(12)));
  const Progress probe = at(Sending::probe, 7, 12);
  CHECK_FALSE(probe.is_news(LogIndex(10)));
  CHECK(probe.is_news(LogIndex(11)));
  CHECK_FALSE(at(Sending::probe, 0, 1).is_news(LogIndex(0)));
}

TEST_CASE("what is in flight lies between match and next") {
  CHECK(at(Sending::replicate, 7, 12).entries_in_flight() == 4);
  CHECK(at(Sending::replicate, 7, 8).entries_in_flight() == 0);
}
