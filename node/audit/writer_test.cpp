#include "node/audit/writer.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "node/audit/reader.hpp"
#include "node/audit/trails_for_tests.hpp"

namespace lockstep::node {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// What a writer tells.
class Told {
 public:
  AuditWriter::Tell teller() {
    return [this](std::string_view sentence) {
      const std::lock_guard lock(mutex_);
      sentences_.emplace_back(sentence);
      more_.notify_all();
    };
  }
  bool hears(const std::string& part, std::chrono::milliseconds within = 10s) {
    std::unique_lock lock(mutex_);
    return more_.wait_for(lock, within, [&] {
      for (const std::string& sentence : sentences_)
        if (sentence.find(part) != std::string::npos) return true;
      return false;
    });
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return sentences_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<std::string> sentences_;
};

bool written_upto(const AuditWriter& writer, std::uint64_t sequence) {
  const auto deadline = Clock::now() + 10s;
  while (writer.status().written != audit::Sequence(sequence)) {
    if (Clock::now() > deadline) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

std::uint64_t whole_upto(const std::string& file) {
  const AuditVerdict verdict = AuditReader(file).verify(std::nullopt);
  CHECK_MESSAGE(verdict.wrong.empty(), verdict.sentence);
  return verdict.last.value();
}

std::vector<audit::Event> part(const std::vector<audit::Event>& events, std::size_t from,
                               std::size_t upto) {
  return {events.begin() + static_cast<std::ptrdiff_t>(from),
          events.begin() + static_cast<std::ptrdiff_t>(upto)};
}

// Somebody else's write lock on the file.
struct Lock {
  explicit Lock(const std::string& file) : other(file, Sqlite::Access::write, seconds(1)) {
    other.run("BEGIN IMMEDIATE");
  }
  Sqlite other;
};

AuditDatabase impatient(const std::string& file) {
  return {file, test_owner, {.patience = milliseconds(1)}};
}

TEST_CASE("events are in the file soon, and all of them at the end") {
  AuditFolder folder;
  Told told;
  const auto events = events_for_tests(2000);
  {
    AuditWriter writer(AuditDatabase(folder.file(), test_owner), {}, told.teller());
    CHECK(writer.next() == audit::Sequence(1));
    writer.record(events[0]);
    CHECK(written_upto(writer, 1));
    for (const audit::Event& event : events) writer.record(event);
    CHECK(writer.next() == audit::Sequence(2001));
    const auto status = writer.status();
    CHECK(status.dropped == 0);
    CHECK_FALSE(status.behind);
  }
  CHECK(told.count() == 0);
  CHECK(whole_upto(folder.file()) == 2000);
}

TEST_CASE("while another process holds a lock events wait, and nobody else does") {
  AuditFolder folder;
  Told told;
  const auto events = events_for_tests(500);
  AuditWriter writer(impatient(folder.file()), {.retry = milliseconds(1)}, told.teller());
  {
    const Lock lock(folder.file());
    const auto start = Clock::now();
    for (const audit::Event& event : events) writer.record(event);
    CHECK(Clock::now() - start < 1s);
    CHECK(told.hears("cannot be written: database is locked"));
    const auto status = writer.status();
    CHECK(status.written == audit::Sequence(0));
    CHECK(status.waiting == 500);
    CHECK(status.problem == "database is locked");
  }
  CHECK(told.hears("is written again"));
  CHECK(written_upto(writer, 500));
  CHECK(writer.status().problem == "");
  CHECK(whole_upto(folder.file()) == 500);
}

TEST_CASE("what finds the queue full is dropped and counted, and caught up on later") {
  AuditFolder folder;
  Told told;
  const auto events = events_for_tests(300);
  AuditWriter writer(impatient(folder.file()), {.most_events = 100, .retry = milliseconds(1)},
                     told.teller());
  {
    const Lock lock(folder.file());
    for (std::size_t i = 0; i < 150; ++i) writer.record(events[i]);
    CHECK(told.hears("behind from event 101 on"));
    CHECK(writer.status().dropped == 50);
    CHECK(told.count() <= 2);  // the lock, and once for all fifty
    CHECK(writer.status().behind);
    CHECK(writer.next() == audit::Sequence(101));
  }
  CHECK(written_upto(writer, 100));
  // There is room again, but no gap is written.
  writer.record(events[150]);
  CHECK(writer.status().dropped == 51);
  CHECK(whole_upto(folder.file()) == 100);

  CHECK(writer.catch_up(part(events, 0, 151)) == "");
  CHECK_FALSE(writer.status().behind);
  for (std::size_t i = 151; i < 200; ++i) writer.record(events[i]);
  CHECK(writer.status().dropped == 51);
  CHECK(written_upto(writer, 200));
  CHECK(whole_upto(folder.file()) == 200);
}

TEST_CASE("a disk that fills up: dropped, told, and caught up on at the next start") {
  AuditFolder folder;
  Told told;
  const auto events = events_for_tests(3000);
  std::uint64_t there = 0;
  {
    AuditWriter writer(AuditDatabase(folder.file(), test_owner, {.most_bytes = 12 * 4096}),
                       {.most_events = 200, .retry = milliseconds(1)}, told.teller());
    for (const audit::Event& event : events) {
      writer.record(event);
      if (event.sequence.value() % 50 == 0) std::this_thread::yield();
    }
    CHECK(told.hears("database or disk is full"));
    CHECK(writer.status().dropped > 0);
    there = writer.status().written.value();
  }
  CHECK(whole_upto(folder.file()) >= there);
  AuditWriter writer(AuditDatabase(folder.file(), test_owner), {.most_events = 10}, told.teller());
  CHECK(writer.catch_up(events) == "");
  CHECK(written_upto(writer, 3000));
  CHECK(writer.status().dropped == 0);
  CHECK(whole_upto(folder.file()) == 3000);
}

TEST_CASE("records that do not continue the file leave it as it is") {
  AuditFolder folder;
  const auto events = events_for_tests(20);
  { AuditDatabase(folder.file(), test_owner).append(part(events, 0, 10)); }
  AuditWriter writer(AuditDatabase(folder.file(), test_owner), {}, nullptr);
  CHECK(writer.next() == audit::Sequence(11));
  CHECK(writer.catch_up({}) == "the file ends with event 10, which the node's records do not have");
  CHECK(writer.catch_up(part(events, 0, 9)) ==
        "the file ends with event 10, which the node's records do not have");
  CHECK(writer.catch_up(part(events, 10, 20)) ==
        "the file ends with event 10, which the node's records do not have");
  auto other = events;
  other[9].at = Instant(-77);
  CHECK(writer.catch_up(other) == "event 10 of the file is not that of the node's records");
  other = events;
  other.erase(other.begin() + 15);
  CHECK(writer.catch_up(other) == "event 17 of the node's records does not follow event 15");
  CHECK(writer.next() == audit::Sequence(11));
  CHECK(writer.catch_up(part(events, 9, 20)) == "");
  CHECK(written_upto(writer, 20));
  CHECK(whole_upto(folder.file()) == 20);
}

TEST_CASE("an event of another trail is not written") {
  AuditFolder folder;
  Told told;
  const auto events = events_for_tests(5);
  AuditWriter writer(AuditDatabase(folder.file(), test_owner), {}, told.teller());
  writer.record(events[0]);
  audit::Event foreign = events[1];
  foreign.previous = sha256("x");
  writer.record(foreign);
  CHECK(told.hears("behind from event 2 on"));
  CHECK(writer.status().dropped == 1);
  writer.record(events[1]);
  CHECK(written_upto(writer, 2));
}

TEST_CASE("the end does not wait for a lock that stays") {
  AuditFolder folder;
  Told told;
  const auto events = events_for_tests(5);
  AuditDatabase database(folder.file(), test_owner, {.patience = milliseconds(1500)});
  {
    const Lock lock(folder.file());
    const auto start = Clock::now();
    {
      AuditWriter writer(std::move(database), {}, told.teller());
      writer.record(events[0]);
    }
    const auto took = Clock::now() - start;
    CHECK(took >= 900ms);
    CHECK(took < 1400ms);
    // The thread that was left behind fails later, and tells nobody.
    CHECK_FALSE(told.hears("locked", 1200ms));
  }
  CHECK(whole_upto(folder.file()) == 0);
}

TEST_CASE("the end tries once more, and then gives up") {
  AuditFolder folder;
  const auto events = events_for_tests(5);
  const Lock lock = [&] {
    AuditDatabase made(folder.file(), test_owner);
    return Lock(folder.file());
  }();
  const auto start = Clock::now();
  { AuditWriter(impatient(folder.file()), {}, nullptr).record(events[0]); }
  CHECK(Clock::now() - start < 900ms);
}

}  // namespace
}  // namespace lockstep::node
