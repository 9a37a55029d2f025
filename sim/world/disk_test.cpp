#include "sim/world/disk.hpp"

#include <doctest/doctest.h>

#include <deque>

#include "core/base/random.hpp"

namespace lockstep::sim {
namespace {

using IntDisk = NodeDisk<int>;
using Records = std::vector<int>;

Records durable(IntDisk& disk) {
  const auto found = disk.recover();
  CHECK(found.flaw.empty());
  return found.records;
}
// A disk on which each of these batches is down.
IntDisk written(const std::vector<Records>& batches) {
  IntDisk disk;
  std::uint64_t count = 0;
  for (Records batch : batches) {
    count += batch.size();
    (void)disk.write(std::move(batch));
    (void)disk.synced(RecordSeq(count));
  }
  return disk;
}

TEST_CASE("the first write begins a sync; what it wrote is durable when the sync has ended") {
  IntDisk disk;
  CHECK(durable(disk).empty());
  CHECK(disk.write({1, 2}));
  CHECK(disk.issued() == RecordSeq(2));
  CHECK(durable(disk).empty());
  CHECK_FALSE(disk.synced(RecordSeq(2)));
  CHECK(durable(disk) == Records{1, 2});
}

TEST_CASE("what is written during a sync goes down together with the next one") {
  IntDisk disk;
  CHECK(disk.write({1}));
  CHECK_FALSE(disk.write({2}));
  CHECK_FALSE(disk.write({3, 4}));
  CHECK(disk.synced(RecordSeq(1)));  // another begins
  CHECK(durable(disk) == Records{1});
  CHECK_FALSE(disk.write({5}));  // too late for that one
  CHECK(disk.synced(RecordSeq(4)));
  CHECK(durable(disk) == Records{1, 2, 3, 4});
  CHECK_FALSE(disk.synced(RecordSeq(5)));
  CHECK(disk.write({6}));
  CHECK(disk.issued() == RecordSeq(6));
}

TEST_CASE("a crash loses what is not down, exactly that, and the count begins again") {
  IntDisk disk;
  (void)disk.write({1});
  (void)disk.synced(RecordSeq(1));
  (void)disk.write({2});
  (void)disk.write({3});
  CHECK(disk.crash());
  CHECK(durable(disk) == Records{1});
  CHECK(disk.issued() == RecordSeq(0));
  CHECK(disk.write({4}));
  CHECK(disk.issued() == RecordSeq(1));
  CHECK_FALSE(disk.synced(RecordSeq(1)));
  CHECK(durable(disk) == Records{1, 4});
}

TEST_CASE("a crash of a quiet disk loses nothing") {
  IntDisk disk;
  disk.preload({7, 8});
  CHECK_FALSE(disk.crash());
  (void)disk.write({9});
  (void)disk.synced(RecordSeq(1));
  CHECK_FALSE(disk.crash());
  CHECK(durable(disk) == Records{7, 8, 9});
}

TEST_CASE("records keep their order through random writes, syncs and crashes") {
  Random random(1);
  IntDisk disk;
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
    if (round % 50 == 0) REQUIRE(durable(disk) == down);
  }
}

TEST_CASE("what a start reads does not depend on when the bytes were looked at") {
  IntDisk late, early;
  for (int i = 1; i <= 200; ++i) {
    for (IntDisk* disk : {&late, &early}) {
      (void)disk->write({i, -i});
      (void)disk->synced(RecordSeq(static_cast<std::uint64_t>(2 * i)));
    }
    if (i % 3 == 0) (void)early.recover();
    if (i % 7 == 0) (void)early.bytes();
  }
  CHECK(late.bytes() == early.bytes());
  CHECK(durable(late) == durable(early));
  CHECK(durable(late).size() == 400);
}

TEST_CASE("of a torn write a run of whole records is there, and nothing of what waited behind it") {
  bool none = false, some = false, all = false;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    IntDisk disk = written({{1, 2}, {3}});
    Records torn;
    for (int i = 4; i < (seed % 2 == 0 ? 204 : 6); ++i) torn.push_back(i);
    (void)disk.write(Records(torn));
    (void)disk.write({1000});  // waits for the next sync
    CHECK(disk.crash_torn(random));
    const auto found = disk.recover();
    REQUIRE(found.flaw.empty());
    REQUIRE(found.records.size() >= 3);
    for (std::size_t i = 0; i < found.records.size(); ++i)
      REQUIRE(found.records[i] == static_cast<int>(i) + 1);
    none = none || found.records.size() == 3;
    some = some || found.torn_tail;
    all = all || found.records.size() == 3 + torn.size();
    // It goes on behind what it found.
    (void)disk.write({7});
    (void)disk.synced(RecordSeq(1));
    Records expected = found.records;
    expected.push_back(7);
    REQUIRE(durable(disk) == expected);
  }
  CHECK(none);
  CHECK(some);
  CHECK(all);
}

TEST_CASE("any flipped bit is found, and the same each time: it is damage, not a torn tail") {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    Random random(seed);
    IntDisk disk = written({{1, 2, 3}, {4}, {5, 6}, {7}});
    REQUIRE(disk.flip(random));
    const auto found = disk.recover();
    REQUIRE(found.flaw.starts_with("damaged at offset "));
    REQUIRE(disk.recover().flaw == found.flaw);
  }
}

TEST_CASE("what was read once is read again when it was touched since") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    IntDisk disk = written({{1, 2, 3}, {4}, {5, 6}});
    CHECK(durable(disk) == Records{1, 2, 3, 4, 5, 6});
    (void)disk.write({7, 8});
    if (seed % 2 == 0) {
      (void)disk.synced(RecordSeq(8));
      REQUIRE(disk.flip(random));
    } else {
      bool hit = false;
      (void)disk.misdirected(RecordSeq(8), random, hit);
    }
    REQUIRE_FALSE(disk.recover().flaw.empty());
  }
}

struct Small {  // of the format, but not every number is one
  std::uint8_t value = 0;
  static constexpr std::string_view name = "small";
  static constexpr void fields(auto& self, auto&& visit) { visit("value", self.value); }
};

TEST_CASE("a record that cannot be decoded is a flaw, at every start") {
  RecordLog<Small> log;
  std::vector<Small> good{{1}, {2}};
  log.append(good.begin(), good.size());
  CHECK(log.recover().flaw.empty());
  // What another version wrote: the same log, with a record that is none of these.
  RecordLog<std::uint64_t> other;
  std::vector<std::uint64_t> numbers{1, 1000};
  other.append(numbers.begin(), numbers.size());
  RecordLog<Small> read(other.platter());
  for (int start = 0; start < 3; ++start)
    CHECK(read.recover().flaw.starts_with("no record of this version at offset "));
}

TEST_CASE("there is nothing to flip before the second record") {
  Random random(1);
  IntDisk disk;
  CHECK_FALSE(disk.flip(random));
  disk = written({{1}});
  CHECK_FALSE(disk.flip(random));
  disk = written({{1}, {2}});
  CHECK(disk.flip(random));
}

TEST_CASE("a write that landed elsewhere is found, whatever came after it") {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    for (const int after : {0, 1, 5}) {
      Random random(seed);
      IntDisk disk = written({{1, 2, 3}, {4}, {5, 6}});
      (void)disk.write({7, 8});
      bool hit = false;
      (void)disk.misdirected(RecordSeq(8), random, hit);
      REQUIRE(hit);
      for (int i = 0; i < after; ++i) {
        (void)disk.write({9 + i});
        (void)disk.synced(RecordSeq(static_cast<std::uint64_t>(9 + i)));
      }
      REQUIRE_FALSE(disk.recover().flaw.empty());
    }
  }
}

TEST_CASE("the first write of all has nowhere else to land") {
  Random random(1);
  IntDisk disk;
  (void)disk.write({1});
  bool hit = true;
  CHECK_FALSE(disk.misdirected(RecordSeq(1), random, hit));
  CHECK_FALSE(hit);
  CHECK(durable(disk) == Records{1});
}

// Else what was durable would be cut as if it had been torn.
TEST_CASE("a bit that flips behind a torn write, or after one that went astray, is found") {
  int flips = 0;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    IntDisk disk = written({{1, 2, 3}, {4}});
    (void)disk.write({5});
    bool hit = false;
    if (seed % 2 == 0) (void)disk.misdirected(RecordSeq(5), random, hit);
    if (seed % 2 == 1) (void)disk.crash_torn(random);
    const bool flipped = disk.flip(random);
    flips += flipped ? 1 : 0;
    const auto found = disk.recover();
    REQUIRE(found.flaw.empty() == !(hit || flipped));
    if (!hit && !flipped) REQUIRE(found.records.size() >= 4);
  }
  CHECK(flips > 1000);
}

TEST_CASE("a wiped disk is as good as a new one") {
  Random random(1);
  IntDisk disk = written({{1}, {2}});
  CHECK(disk.flip(random));
  (void)disk.crash();
  disk.wipe();
  CHECK(durable(disk).empty());
  (void)disk.write({3});
  (void)disk.synced(RecordSeq(1));
  CHECK(durable(disk) == Records{3});
}

}  // namespace
}  // namespace lockstep::sim
