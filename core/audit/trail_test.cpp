#include "core/audit/trail.hpp"

#include <doctest/doctest.h>

#include "core/audit/events_for_tests.hpp"
#include "core/wire/codec.hpp"

namespace lockstep::audit {
namespace {

// What a node has on its disk after that many events, and the trail that wrote it.
struct Life {
  Trail trail;
  std::vector<Record> records;
};

void live(Life& life, std::size_t events, Random& random) {
  for (; events > 0; --events) {
    life.records.emplace_back(
        life.trail.append(tests::any_instant(random), tests::any_what(random)));
    if (auto snapshot = life.trail.due()) life.records.emplace_back(*std::move(snapshot));
  }
}

const Snapshot& restored(const std::variant<Trail, Flaw>& result) {
  REQUIRE(std::holds_alternative<Trail>(result));
  return std::get<Trail>(result).snapshot();
}

TEST_CASE("events are numbered from 1, each with the hash of the one before") {
  Trail trail;
  CHECK(trail.last() == Sequence(0));
  CHECK(trail.head() == Hash{});
  const Event one = trail.append(Instant(5), NodeFailed{NodeId(2)});
  CHECK(one == Event{Sequence(1), Instant(5), NodeFailed{NodeId(2)}, Hash{}});
  CHECK(trail.head() == hash_of(one));
  const Event two = trail.append(Instant(4), NodeRecovered{NodeId(2)});
  CHECK(two == Event{Sequence(2), Instant(4), NodeRecovered{NodeId(2)}, hash_of(one)});
  CHECK(trail.snapshot() == Snapshot{Sequence(2), hash_of(two), trail.state()});
  CHECK(trail.state().counts.size() == 2);
  CHECK(trail.recent() == std::vector{one, two});
}

TEST_CASE("an offence has a short name") {
  Trail trail;
  (void)trail.append({}, ByzantineDetected{{}, NodeId(1), std::string(64, 'x'), {}});
  CHECK_THROWS_AS(
      (void)trail.append({}, ByzantineDetected{{}, NodeId(1), std::string(65, 'x'), {}}),
      CheckFailed);
  CHECK(trail.last() == Sequence(1));
}

TEST_CASE("a snapshot is due every 1000 events, and never before the first") {
  Trail trail;
  CHECK_FALSE(trail.due());
  for (int i = 1; i <= 3000; ++i) {
    (void)trail.append(Instant(i), HeartbeatMissed{NodeId(1), 1});
    CHECK(trail.due().has_value() == (i % 1000 == 0));
  }
  CHECK(trail.due() == trail.snapshot());
  CHECK(trail.due()->sequence == Sequence(3000));
}

TEST_CASE("a trail keeps no more than its newest events") {
  Random random(1);
  Trail trail;
  const std::vector<Event> all = tests::append_any(trail, 5000, random);
  CHECK(trail.recent() == std::vector<Event>(all.end() - Trail::most_recent, all.end()));
  CHECK(trail.state().down.size() + trail.state().struck.size() <= 10);
}

TEST_CASE("a trail takes what it gave in an earlier life, and nothing else") {
  Random random(2);
  Trail trail;
  const std::vector<Event> all = tests::append_any(trail, 3, random);
  Trail again;
  CHECK_FALSE(again.followed_by(all[1]));
  CHECK_THROWS_AS(again.take(all[1]), CheckFailed);
  for (const Event& event : all) {
    CHECK(again.followed_by(event));
    again.take(event);
    CHECK_FALSE(again.followed_by(event));
  }
  CHECK(again == trail);
  Event next = trail.append(Instant(1), NodeFailed{NodeId(1)});
  next.previous.bytes[0] ^= 1;
  CHECK_FALSE(again.followed_by(next));
}

TEST_CASE("replay from a snapshot equals replay from the start") {
  Random random(3);
  for (int round = 0; round < 12; ++round) {
    Life life;
    const std::size_t before = random.below(2500);
    live(life, before, random);
    const Snapshot noted = life.trail.snapshot();
    std::vector<Record> tail{noted};
    const std::size_t from = life.records.size();
    live(life, random.below(900), random);
    tail.insert(tail.end(), life.records.begin() + static_cast<std::ptrdiff_t>(from),
                life.records.end());

    std::vector<Record> events_alone;
    for (const Record& record : life.records)
      if (std::holds_alternative<Event>(record)) events_alone.push_back(record);
    CHECK(restored(restore(life.records)) == life.trail.snapshot());
    CHECK(restored(restore(events_alone)) == life.trail.snapshot());
    CHECK(std::get<Trail>(restore(events_alone)) == life.trail);
    CHECK(restored(restore(tail)) == life.trail.snapshot());

    // And both lives go on alike.
    Trail again = std::get<Trail>(restore(tail));
    CHECK(again.append(Instant(9), NodeFailed{NodeId(3)}) ==
          life.trail.append(Instant(9), NodeFailed{NodeId(3)}));
  }
}

TEST_CASE("records that do not follow one another are refused") {
  Random random(4);
  Life life;
  live(life, 1003, random);
  REQUIRE(life.records.size() == 1004);
  CHECK(restored(restore({})) == Snapshot{});

  auto records = life.records;
  records.erase(records.begin() + 1002);  // the second event behind the snapshot
  CHECK(std::get<Flaw>(restore(records)) == Flaw{Wrong::dropped, Sequence(1002)});
  records = life.records;
  std::get<Event>(records[1001]).previous.bytes[5] ^= 1;  // the first behind it
  CHECK(std::get<Flaw>(restore(records)) == Flaw{Wrong::foreign, Sequence(1001)});
  records = life.records;
  std::get<Event>(records[1002]).at = Instant(-7);
  CHECK(std::get<Flaw>(restore(records)) == Flaw{Wrong::changed, Sequence(1002)});
  // A snapshot is believed, and what is before it not looked at.
  records = life.records;
  std::get<Event>(records[500]).at = Instant(-7);
  CHECK(restored(restore(records)) == life.trail.snapshot());
}

TEST_CASE("snapshots come back from the wire") {
  Random random(5);
  Life life;
  live(life, 200, random);
  std::string bytes;
  wire::encode(life.trail.snapshot(), bytes);
  CHECK(wire::decode<Snapshot>(bytes) == life.trail.snapshot());
  CHECK(bytes.size() < 400);
}

}  // namespace
}  // namespace lockstep::audit
