#include "core/raft/log.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/base/check.hpp"
#include "core/base/random.hpp"

using namespace lockstep;
using namespace lockstep::raft;

namespace {

Entry entry(Term term, std::size_t bytes) {
  return {term, EntryKind::command, std::string(bytes, 'x')};
}

// What the log promises, said over a plain vector by counting.
struct Naive {
  std::vector<Entry> entries;

  Term term_at(std::size_t index) const { return index == 0 ? Term{} : entries[index - 1].term; }
  std::size_t newest_not_above(std::size_t index, Term term) const {
    std::size_t at = std::min(index, entries.size());
    while (at > 0 && term < term_at(at)) --at;
    return at;
  }
  std::size_t count_agreeing(std::size_t prev, const std::vector<Entry>& other) const {
    for (std::size_t i = 0; i < other.size(); ++i) {
      if (prev + i >= entries.size() || entries[prev + i].term != other[i].term) return i;
    }
    return other.size();
  }
  std::uint64_t bytes(std::size_t after, std::size_t upto) const {
    std::uint64_t sum = 0;
    for (std::size_t i = after; i < upto; ++i) sum += size_in_bytes(entries[i]);
    return sum;
  }
  bool is_at_most(std::size_t index, Term term) const {
    return std::pair(term_at(entries.size()), entries.size()) <= std::pair(term, index);
  }
};

void compare(const Log& log, const Naive& naive, Random& random) {
  const std::size_t last = naive.entries.size();
  REQUIRE(log.last_index().value() == last);
  REQUIRE(log.last_term() == naive.term_at(last));
  REQUIRE(log.total_bytes() == naive.bytes(0, last));
  const std::size_t index = random.below(last + 4);
  const Term term(random.below(9));
  REQUIRE(log.newest_not_above(LogIndex(index), term).value() ==
          naive.newest_not_above(index, term));
  REQUIRE(log.matches(LogIndex(index), term) == (index <= last && naive.term_at(index) == term));
  REQUIRE(log.is_at_most(LogIndex(index), term) == naive.is_at_most(index, term));
  const std::size_t upto = random.below(last + 1);
  const std::size_t after = random.below(upto + 1);
  REQUIRE(log.bytes_between(LogIndex(after), LogIndex(upto)) == naive.bytes(after, upto));
  std::vector<Entry> other;
  for (std::size_t i = after; i < upto; ++i) other.push_back(naive.entries[i]);
  if (random.below(2) == 0) other.push_back(entry(Term(random.below(9)), 1));
  REQUIRE(log.count_agreeing(LogIndex(after), other) == naive.count_agreeing(after, other));
  if (after < upto) {
    const std::uint64_t limit = random.below(200);
    const std::size_t within = log.count_within(LogIndex(after), upto - after, limit);
    REQUIRE(within >= 1);
    REQUIRE(after + within <= upto);
    REQUIRE((within == 1 || naive.bytes(after, after + within) <= limit));
    REQUIRE((after + within == upto || naive.bytes(after, after + within + 1) > limit));
    const auto slice = log.slice(LogIndex(after + 1), upto - after);
    REQUIRE(std::equal(slice.begin(), slice.end(), naive.entries.begin() + std::ptrdiff_t(after),
                       naive.entries.begin() + std::ptrdiff_t(upto)));
    REQUIRE(log.entry(LogIndex(upto)) == naive.entries[upto - 1]);
  }
}

}  // namespace

TEST_CASE("a log answers as a plain vector does") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Log log;
    Naive naive;
    for (int i = 0; i < 100; ++i) {
      if (random.below(8) == 0) {
        const std::size_t from = 1 + random.below(naive.entries.size() + 1);
        log.truncate_from(LogIndex(from));
        naive.entries.resize(from - 1);
      } else if (log.last_term() < Term(8)) {
        const Term term(log.last_term().value() + random.below(2) + (i == 0));
        const Entry added = entry(std::min(term, Term(8)), random.below(40));
        log.append(added);
        naive.entries.push_back(added);
      }
      compare(log, naive, random);
    }
  }
}

TEST_CASE("the log with the later last term is more up to date, then the longer one") {
  Log log;
  CHECK(log.is_at_most(LogIndex(0), Term(0)));
  log.append(entry(Term(2), 0));
  log.append(entry(Term(3), 0));
  CHECK_FALSE(log.is_at_most(LogIndex(9), Term(2)));
  CHECK_FALSE(log.is_at_most(LogIndex(1), Term(3)));
  CHECK(log.is_at_most(LogIndex(2), Term(3)));
  CHECK(log.is_at_most(LogIndex(1), Term(4)));
}

TEST_CASE("a log refuses what only a bug could ask") {
  Log log;
  log.append(entry(Term(3), 1));
  CHECK_THROWS_AS(log.append(entry(Term(2), 1)), CheckFailed);
  CHECK_THROWS_AS((void)log.term_at(LogIndex(2)), CheckFailed);
  CHECK_THROWS_AS((void)log.entry(LogIndex(0)), CheckFailed);
  CHECK_THROWS_AS(log.truncate_from(LogIndex(0)), CheckFailed);
  CHECK_THROWS_AS(log.truncate_from(LogIndex(3)), CheckFailed);
  CHECK_NOTHROW(log.truncate_from(LogIndex(2)));
}
