#include "core/base/digest.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <set>
#include <string>

#include "core/base/random.hpp"
#include "core/raft/messages.hpp"

using namespace lockstep;

namespace {

template <class... Values>
std::uint64_t digest_of(const Values&... values) {
  Digest digest;
  (fold(digest, values), ...);
  return digest.value();
}

raft::Message sample() {
  return raft::AppendEntries{.term = raft::Term(3),
                             .prev_index = raft::LogIndex(7),
                             .prev_term = raft::Term(2),
                             .commit = raft::LogIndex(6),
                             .round = raft::ReadRound(1),
                             .entries = {{raft::Term(3), raft::EntryKind::command, "ab"}}};
}

}  // namespace

TEST_CASE("golden digests: a change here changes the digest of every run") {
  CHECK(Digest().value() == 0x865B725E3E650976u);
  CHECK(digest_of(std::uint64_t{0}) == 0xDC8F932CB69CB5FAu);
  CHECK(digest_of(std::uint64_t{1}) == 0xDA487098F3C31D32u);
  CHECK(digest_of(std::string("hello, world")) == 0x164340E6DD60BC12u);
  CHECK(digest_of(sample()) == 0xC09BC5EB24186F7Fu);
}

TEST_CASE("values fold by their content, parts by their place") {
  const std::string ab = "ab";
  const std::string c = "c";
  CHECK(digest_of(ab, c) != digest_of(std::string("a"), std::string("bc")));
  CHECK(digest_of(std::uint32_t{1}, std::uint32_t{2}) !=
        digest_of(std::uint32_t{2}, std::uint32_t{1}));
  CHECK(digest_of(std::uint32_t{5}) == digest_of(raft::Term(5)));
  CHECK(digest_of(std::vector<raft::Term>{}) != digest_of(std::vector<raft::Term>{raft::Term(0)}));
  CHECK(digest_of(std::optional<raft::Term>()) != digest_of(std::optional(raft::Term(0))));
  CHECK(digest_of(Ratio{1, 2}) != digest_of(Ratio{2, 1}));
  CHECK(digest_of(raft::Message(raft::VoteGranted{raft::Term(3)})) !=
        digest_of(raft::Message(raft::VoteRefused{raft::Term(3)})));
  FlatMap<NodeId, Duration> map;
  const std::uint64_t empty = digest_of(map);
  map[NodeId(1)] = seconds(1);
  CHECK(digest_of(map) != empty);
  CHECK(digest_of(std::pair(NodeId(1), seconds(1))) != digest_of(map));
}

TEST_CASE("every length of string counts, up to its last byte") {
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size < 40; ++size) {
    std::string text(size, '\0');
    CHECK(seen.insert(digest_of(text)).second);
    if (size == 0) continue;
    text.back() = '\x01';
    CHECK(seen.insert(digest_of(text)).second);
  }
}

TEST_CASE("neighbouring values give digests without a pattern") {
  std::set<std::uint64_t> seen;
  std::array<int, 64> ones{};
  constexpr int count = 20'000;
  for (std::uint64_t value = 0; value < count; ++value) {
    const std::uint64_t digest = digest_of(value, value + 1);
    CHECK_MESSAGE(seen.insert(digest).second, "two of the first 20000 pairs collide");
    for (std::size_t bit = 0; bit < 64; ++bit) ones[bit] += (digest >> bit) & 1;
  }
  for (const int set : ones) CHECK(std::abs(set - count / 2) < 500);
}

TEST_CASE("an array of bytes folds as a string of the same bytes") {
  CHECK(digest_of(std::array<std::uint8_t, 3>{'a', 'b', 'c'}) == digest_of(std::string("abc")));
  CHECK(digest_of(std::array<std::uint8_t, 9>{}) != digest_of(std::array<std::uint8_t, 8>{}));
}
