#include "core/audit/verify.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "core/audit/events_for_tests.hpp"
#include "core/wire/codec.hpp"

namespace lockstep::audit {
namespace {

using Events = std::vector<Event>;
using Found = std::optional<Flaw>;

Found flaw(Wrong wrong, std::uint64_t at) { return Flaw{wrong, Sequence(at)}; }

// One of each kind; the same whenever the salt is the same.
Events short_trail(std::uint64_t salt = 0) {
  Trail trail;
  Events events;
  for (const What& what : tests::one_of_each())
    events.push_back(
        trail.append(Instant(static_cast<std::int64_t>(1000 * events.size() + salt)), what));
  return events;
}

template <class Change>
Events changed(Events events, Change change) {
  change(events);
  return events;
}

TEST_CASE("a whole trail has no flaw, whatever its length") {
  Events events = short_trail();
  const Hash head = hash_of(events.back());
  CHECK(verify(events) == std::nullopt);
  CHECK(verify(events, head) == std::nullopt);
  CHECK(verify({}) == std::nullopt);
  CHECK(verify(events, sha256("another")) == flaw(Wrong::other_head, 12));
  CHECK(verify({}, head) == flaw(Wrong::other_head, 0));
}

TEST_CASE("a cut end is found by a head that was noted, and not without") {
  Events events = short_trail();
  const Hash head = hash_of(events.back());
  while (!events.empty()) {
    events.pop_back();
    CHECK(verify(events) == std::nullopt);
    CHECK(verify(events, head) == flaw(Wrong::other_head, events.size()));
  }
}

TEST_CASE("a head that was noted earlier is on the trail for good") {
  const Events events = short_trail();
  for (const Event& event : events) {
    Verifier verifier({}, hash_of(event));
    for (const Event& each : events) verifier.add(each);
    CHECK(verifier.flaw() == std::nullopt);
    CHECK(verifier.noted() == event.sequence);
  }
}

TEST_CASE("what is wrong, and where") {
  const Events good = short_trail();
  const Events other = short_trail(1);
  const auto at = [&](auto change) { return verify(changed(good, change)); };

  CHECK(at([](Events& e) { e[4].at = Instant(1); }) == flaw(Wrong::changed, 5));
  CHECK(at([](Events& e) { e[4].what = NodeFailed{NodeId(9)}; }) == flaw(Wrong::changed, 5));
  CHECK(at([](Events& e) { e[4].sequence = Sequence(50); }) == flaw(Wrong::changed, 5));
  CHECK(at([](Events& e) { e[0].at = Instant(1); }) == flaw(Wrong::changed, 1));
  CHECK(at([](Events& e) { e[4].previous.bytes[9] ^= 4; }) == flaw(Wrong::foreign, 5));
  CHECK(at([](Events& e) { e[0].previous.bytes[9] ^= 4; }) == flaw(Wrong::foreign, 1));
  // With nothing behind it, the broken link may be the fault of either; the former is said.
  CHECK(at([](Events& e) { e[11].previous.bytes[9] ^= 4; }) == flaw(Wrong::changed, 11));
  CHECK(at([](Events& e) { e[10].at = Instant(1); }) == flaw(Wrong::changed, 11));

  CHECK(at([&](Events& e) { e[4] = other[4]; }) == flaw(Wrong::foreign, 5));
  CHECK(at([&](Events& e) { e[0] = other[0]; }) == flaw(Wrong::changed, 1));
  CHECK(at([&](Events& e) { std::copy(other.begin() + 4, other.end(), e.begin() + 4); }) ==
        flaw(Wrong::changed, 4));
  CHECK(at([&](Events& e) { e.insert(e.begin() + 4, other[4]); }) == flaw(Wrong::foreign, 5));
  CHECK(at([](Events& e) { e.erase(e.begin() + 4, e.begin() + 6); }) == flaw(Wrong::dropped, 5));
  CHECK(at([](Events& e) { e.insert(e.begin() + 8, e[4]); }) == flaw(Wrong::reordered, 5));
  CHECK(at([](Events& e) { e.push_back(e.back()); }) == flaw(Wrong::reordered, 12));
  CHECK(at([](Events& e) { std::rotate(e.begin() + 2, e.begin() + 5, e.end()); }) ==
        flaw(Wrong::reordered, 3));

  // Dropped, and the rest numbered anew.
  CHECK(at([](Events& e) {
          e.erase(e.begin() + 4);
          for (std::size_t i = 4; i < e.size(); ++i) e[i].sequence = Sequence(i + 1);
        }) == flaw(Wrong::foreign, 5));
}

TEST_CASE("a later flaw does not hide the first one") {
  Events events = short_trail();
  events[2].at = Instant(1);
  events.erase(events.begin() + 7);
  std::swap(events[8], events[9]);
  CHECK(verify(events) == flaw(Wrong::changed, 3));
  events = short_trail();
  events.erase(events.begin() + 2);
  events[5].at = Instant(1);
  CHECK(verify(events) == flaw(Wrong::dropped, 3));
  // A changed event that comes again as it was is no moved one.
  events = short_trail();
  events.push_back(events[4]);
  events[4].sequence = Sequence(50);
  CHECK(verify(events) == flaw(Wrong::changed, 5));
}

TEST_CASE("every dropped event but the last is found") {
  const Events good = short_trail();
  for (std::size_t i = 0; i + 1 < good.size(); ++i)
    CHECK(verify(changed(good, [&](Events& e) {
            e.erase(e.begin() + static_cast<std::ptrdiff_t>(i));
          })) == flaw(Wrong::dropped, i + 1));
}

TEST_CASE("every swap is found, with its first place") {
  const Events good = short_trail();
  for (std::size_t i = 0; i < good.size(); ++i)
    for (std::size_t j = i + 1; j < good.size(); ++j)
      CHECK(verify(changed(good, [&](Events& e) { std::swap(e[i], e[j]); })) ==
            flaw(Wrong::reordered, i + 1));
}

TEST_CASE("every two swapped contents are found") {
  const Events good = short_trail();
  for (std::size_t i = 0; i < good.size(); ++i)
    for (std::size_t j = i + 1; j < good.size(); ++j) {
      // Two neighbours that changed look like one that came from elsewhere, unless they are last.
      const bool foreign = j == i + 1 && j + 1 < good.size();
      CHECK(verify(changed(good, [&](Events& e) { std::swap(e[i].what, e[j].what); })) ==
            (foreign ? flaw(Wrong::foreign, j + 1) : flaw(Wrong::changed, i + 1)));
    }
}

TEST_CASE("every flipped bit of an encoded trail is found by whoever knows its head") {
  const Events good = short_trail();
  const Hash head = hash_of(good.back());
  std::string bytes;
  wire::encode(good, bytes);
  std::size_t unreadable = 0;
  std::size_t found = 0;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    CAPTURE(bit);
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    if (const auto events = wire::decode<Events>(flipped)) {
      CHECK(verify(*events, head) != std::nullopt);
      ++found;
    } else {
      ++unreadable;
    }
  }
  CHECK(found > 3000);
  CHECK(unreadable > 10);
  CHECK(found + unreadable == 8 * bytes.size());
}

TEST_CASE("without a head, every flipped bit before the last event is found") {
  const Events good = short_trail();
  for (std::size_t i = 0; i + 1 < good.size(); ++i) {
    std::string bytes;
    wire::encode(good[i], bytes);
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      const auto event = wire::decode<Event>(flipped);
      if (!event) continue;
      CAPTURE(bit);
      const bool link = !(event->previous == good[i].previous);
      CHECK(verify(changed(good, [&](Events& e) { e[i] = *event; })) ==
            flaw(link ? Wrong::foreign : Wrong::changed, i + 1));
    }
  }
}

TEST_CASE("a snapshot is compared with the events before it") {
  const Events good = short_trail();
  Trail trail;
  for (std::size_t i = 0; i < 5; ++i) trail.take(good[i]);
  const auto with = [&](const Snapshot& snapshot, bool tail) {
    Verifier verifier;
    for (std::size_t i = 0; i < 5; ++i) verifier.add(good[i]);
    verifier.add(snapshot);
    for (std::size_t i = 5; tail && i < good.size(); ++i) verifier.add(good[i]);
    return verifier.flaw();
  };
  CHECK(with(trail.snapshot(), true) == std::nullopt);
  Snapshot wrong = trail.snapshot();
  wrong.state.counts[Kind::node_failed] = 9;
  CHECK(with(wrong, true) == flaw(Wrong::other_snapshot, 5));
  wrong = trail.snapshot();
  wrong.head.bytes[0] ^= 1;
  CHECK(with(wrong, false) == flaw(Wrong::other_snapshot, 5));
  wrong = trail.snapshot();
  wrong.sequence = Sequence(4);
  CHECK(with(wrong, false) == flaw(Wrong::other_snapshot, 4));

  // What is wrong already stays wrong.
  Verifier verifier;
  verifier.add(good[1]);
  verifier.add(trail.snapshot());
  CHECK(verifier.flaw() == flaw(Wrong::dropped, 1));
}

TEST_CASE("from a believed snapshot on, only what follows is looked at") {
  const Events good = short_trail();
  Trail trail;
  for (std::size_t i = 0; i < 5; ++i) trail.take(good[i]);
  const auto from = [&](const Events& events, std::optional<Hash> head = std::nullopt) {
    Verifier verifier{Trail(trail.snapshot()), head};
    for (const Event& event : events) verifier.add(event);
    return verifier.flaw();
  };
  const Events tail(good.begin() + 5, good.end());
  CHECK(from(tail, hash_of(good.back())) == std::nullopt);
  CHECK(from(tail, hash_of(good[4])) == std::nullopt);
  CHECK(from(tail, hash_of(good[3])) == flaw(Wrong::other_head, 12));
  CHECK(from(changed(tail, [](Events& e) { e.erase(e.begin()); })) == flaw(Wrong::dropped, 6));
  CHECK(from(changed(tail, [](Events& e) { e[0].previous = {}; })) == flaw(Wrong::foreign, 6));
  CHECK(from({short_trail(1)[5]}) == flaw(Wrong::foreign, 6));
}

TEST_CASE("a flaw in a sentence") {
  CHECK(explain({Wrong::changed, Sequence(3)}) ==
        "event 3 was changed, or what comes after it is of another trail");
  CHECK(explain({Wrong::dropped, Sequence(3)}) == "event 3 is missing, and later ones are there");
  for (std::uint8_t wrong = 0; wrong < 6; ++wrong)
    CHECK(explain({static_cast<Wrong>(wrong), Sequence(77)}).find("77") != std::string::npos);
}

}  // namespace
}  // namespace lockstep::audit
