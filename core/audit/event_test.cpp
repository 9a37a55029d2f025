#include "core/audit/event.hpp"

#include <doctest/doctest.h>

#include <set>

#include "core/audit/events_for_tests.hpp"
#include "core/text/to_text.hpp"
#include "core/wire/codec.hpp"

namespace lockstep::audit {
namespace {

const Event first{.sequence = Sequence(1),
                  .at = Instant() + milliseconds(1500),
                  .what = ElectionStarted{Epoch(3), NodeId(2)},
                  .previous = {}};

std::string encoded(const Event& event) {
  std::string bytes;
  wire::encode(event, bytes);
  return bytes;
}

// Any change here breaks every trail that was ever written.
TEST_CASE("the hash of an event is SHA-256 of its encoding") {
  std::string bytes = "\x01";               // sequence 1
  bytes += "\x80\xBC\xC1\x96\x0B";          // 1.5 s in ns, zigzag
  bytes += std::string("\x00\x03\x02", 3);  // the first alternative: epoch 3, node 2
  bytes += std::string(32, '\0');
  CHECK(encoded(first) == bytes);
  CHECK(hash_of(first) == sha256(bytes));
  CHECK(hash_of(first).hex() == "9c35d5f1adf7457a39e6bc740014ae353a3f8375bd5fd2181e6762eb1f65c1fa");
}

TEST_CASE("kinds are named as what they are, in one order") {
  const std::vector<What> all = tests::one_of_each();
  REQUIRE(all.size() == enumerator_count(Kind{}));
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].index() == i);
    CHECK(kind_of(all[i]) == static_cast<Kind>(i));
    CHECK(name_of(kind_of(all[i])) == alternative_name(all[i]));
    CHECK(names.insert(name_of(kind_of(all[i]))).second);
  }
  CHECK(name_of(Kind::election_started) == "election_started");
  CHECK(name_of(Kind::leader_changed) == "leader_changed");
  CHECK(name_of(Kind::preemptive_election) == "preemptive_election");
  CHECK(name_of(Kind::byzantine_detected) == "byzantine_detected");
  CHECK(name_of(Kind::token_refused) == "token_refused");
  CHECK_THROWS_AS((void)name_of(static_cast<Kind>(12)), CheckFailed);
}

TEST_CASE("events of every kind come back from the wire, and each field is in the hash") {
  std::set<Hash> hashes;
  for (const What& what : tests::one_of_each()) {
    const Event event{Sequence(7), Instant(), what, sha256("x")};
    CHECK(wire::decode<Event>(encoded(event)) == event);
    CHECK(hashes.insert(hash_of(event)).second);
  }
  Event other = first;
  other.sequence = Sequence(2);
  CHECK(hash_of(other) != hash_of(first));
  other = first;
  other.at = Instant(-1);
  CHECK(hash_of(other) != hash_of(first));
  other = first;
  other.previous.bytes[31] = 1;
  CHECK(hash_of(other) != hash_of(first));
}

TEST_CASE("an event in one line") {
  CHECK(to_text(first) ==
        "event{sequence=1 at=1.5 s what=election_started{epoch=3 by=n2} previous=" +
            std::string(64, '0') + "}");
  CHECK(to_text(tests::one_of_each().back()) ==
        "token_refused{token=token{epoch=2 number=7} holder=n2 "
        "newest=token{epoch=3 number=300}}");
}

}  // namespace
}  // namespace lockstep::audit
