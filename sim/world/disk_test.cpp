#include "sim/world/disk.hpp"

#include <doctest/doctest.h>

#include <deque>

#include "core/base/random.hpp"

namespace lockstep::sim {
namespace {

using Disk = NodeDisk<int>;
using Records = std::vector<int>;

TEST_CASE("the first write begins a sync; what it wrote is durable when the sync has ended") {
  Disk disk;
  CHECK(disk.durable().empty());
  CHECK(disk.write({1, 2}));
  CHECK(disk.issued() == RecordSeq(2));
  CHECK(disk.durable().empty());
  CHECK_FALSE(disk.synced(RecordSeq(2)));
  CHECK(disk.durable() == Records{1, 2});
}

TEST_CASE("what is written during a sync goes down together with the next one") {
  Disk disk;
  CHECK(disk.write({1}));
  CHECK_FALSE(disk.write({2}));
  CHECK_FALSE(disk.write({3, 4}));
  CHECK(disk.synced(RecordSeq(1)));  // another begins
  CHECK(disk.durable() == Records{1});
  CHECK_FALSE(disk.write({5}));  // too late for that one
  CHECK(disk.synced(RecordSeq(4)));
  CHECK(disk.durable() == Records{1, 2, 3, 4});
  CHECK_FALSE(disk.synced(RecordSeq(5)));
  CHECK(disk.write({6}));
  CHECK(disk.issued() == RecordSeq(6));
}

TEST_CASE("a crash loses what is not down, exactly that, and the count begins again") {
  Disk disk;
  (void)disk.write({1});
  (void)disk.synced(RecordSeq(1));
  (void)disk.write({2});
  (void)disk.write({3});
  CHECK(disk.crash());
  CHECK(disk.durable() == Records{1});
  CHECK(disk.issued() == RecordSeq(0));
  CHECK(disk.write({4}));
  CHECK(disk.issued() == RecordSeq(1));
  CHECK_FALSE(disk.synced(RecordSeq(1)));
  CHECK(disk.durable() == Records{1, 4});
}

TEST_CASE("a crash of a quiet disk loses nothing") {
  Disk disk;
  disk.preload({7, 8});
  CHECK_FALSE(disk.crash());
  (void)disk.write({9});
  (void)disk.synced(RecordSeq(1));
  CHECK_FALSE(disk.crash());
  CHECK(disk.durable() == Records{7, 8, 9});
}

TEST_CASE("records keep their order through random writes, syncs and crashes") {
  Random random(1);
  Disk disk;
  Records down;              // what must be durable
  std::deque<int> waiting;   // what was written after it
  std::size_t in_sync = 0;   // how many of these the running sync takes
  std::uint64_t issued = 0;  // in this incarnation
  std::uint64_t finished = 0;
  int record = 0;
  for (int round = 0; round < 5000; ++round) {
    const auto kind = random.below(20);
    if (kind < 10) {
      Records written;
      for (std::int64_t i = random.between(1, 3); i > 0; --i) written.push_back(++record);
      waiting.insert(waiting.end(), written.begin(), written.end());
      issued += written.size();
      REQUIRE(disk.write(std::move(written)) == (in_sync == 0));
      if (in_sync == 0) in_sync = waiting.size();
    } else if (kind < 19) {
      if (in_sync == 0) continue;
      finished += in_sync;
      down.insert(down.end(), waiting.begin(), waiting.begin() + static_cast<int>(in_sync));
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<int>(in_sync));
      in_sync = waiting.size();
      REQUIRE(disk.synced(RecordSeq(finished)) == (in_sync > 0));
    } else {
      REQUIRE(disk.crash() == !waiting.empty());
      waiting.clear();
      in_sync = 0;
      issued = finished = 0;
    }
    REQUIRE(disk.issued() == RecordSeq(issued));
    REQUIRE(disk.durable() == down);
  }
}

}  // namespace
}  // namespace lockstep::sim
