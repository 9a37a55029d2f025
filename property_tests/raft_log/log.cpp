// The log against a plain vector.
#include "core/raft/log.hpp"

#include <vector>

#include "property_tests/support/property.hpp"

using namespace lockstep;
using namespace lockstep::properties;
using raft::Entry;
using raft::LogIndex;
using raft::Term;

namespace {

Entry draw_entry(Choices& choices, Term at_least) {
  const Term term(std::max<std::uint64_t>(1, at_least.value() + choices.below(3)));
  return {term, raft::EntryKind::command, Bytes(choices.text(choices.chance(1, 10) ? 300 : 6))};
}

Term last_term(const std::vector<Entry>& twin) { return twin.empty() ? Term{} : twin.back().term; }

void change_both(Choices& choices, raft::Log& log, std::vector<Entry>& twin) {
  if (choices.chance(1, 4)) {
    const std::size_t kept = choices.below(twin.size() + 1);
    log.truncate_from(LogIndex(kept + 1));
    twin.resize(kept);
    return;
  }
  const Entry entry = draw_entry(choices, last_term(twin));
  log.append(entry);
  twin.push_back(entry);
}

std::uint64_t bytes(const std::vector<Entry>& twin, std::size_t after, std::size_t upto) {
  std::uint64_t sum = 0;
  for (std::size_t i = after; i < upto; ++i) sum += size_in_bytes(twin[i]);
  return sum;
}

// How many entries after `after` stay within the budget, but one at least.
std::size_t within(const std::vector<Entry>& twin, std::size_t after, std::size_t count,
                   std::uint64_t budget) {
  std::size_t taken = 1;
  while (taken < count && bytes(twin, after, after + taken + 1) <= budget) ++taken;
  return taken;
}

void compare_places(Choices& choices, const raft::Log& log, const std::vector<Entry>& twin) {
  const std::size_t at = choices.below(twin.size() + 4);
  const Term term(choices.below(last_term(twin).value() + 2));
  DEMAND_EQUAL(log.holds(LogIndex(at)), at <= twin.size());
  const bool there = at <= twin.size();
  const Term at_term = at == 0 || !there ? Term{} : twin[at - 1].term;
  DEMAND_EQUAL(log.matches(LogIndex(at), term), there && at_term == term);
  if (there) DEMAND(log.term_at(LogIndex(at)) == at_term);
  std::size_t newest = std::min(at, twin.size());
  while (newest > 0 && twin[newest - 1].term > term) --newest;
  DEMAND_EQUAL(log.newest_not_above(LogIndex(at), term).value(), newest);
  const bool at_most = last_term(twin) < term || (last_term(twin) == term && twin.size() <= at);
  DEMAND_EQUAL(log.is_at_most(LogIndex(at), term), at_most);
}

void compare_stretches(Choices& choices, const raft::Log& log, const std::vector<Entry>& twin) {
  const std::size_t after = choices.below(twin.size() + 1);
  const std::size_t upto = after + choices.below(twin.size() - after + 1);
  DEMAND_EQUAL(log.bytes_between(LogIndex(after), LogIndex(upto)), bytes(twin, after, upto));
  const auto slice = log.slice(LogIndex(after + 1), upto - after);
  DEMAND(std::vector<Entry>(slice.begin(), slice.end()) ==
         std::vector<Entry>(twin.begin() + static_cast<std::ptrdiff_t>(after),
                            twin.begin() + static_cast<std::ptrdiff_t>(upto)));
  if (upto == after) return;
  const std::uint64_t budget = choices.below(400);
  DEMAND_EQUAL(log.count_within(LogIndex(after), upto - after, budget),
               within(twin, after, upto - after, budget));
}

// A message's entries after some place: what agrees is what an element by element look says.
void compare_agreement(Choices& choices, const raft::Log& log, const std::vector<Entry>& twin) {
  const std::size_t prev = choices.below(twin.size() + 1);
  std::vector<Entry> entries;
  for (std::uint64_t left = choices.below(5); left > 0; --left) {
    const std::size_t place = prev + entries.size();
    if (place < twin.size() && !choices.chance(1, 4))
      entries.push_back(twin[place]);
    else
      entries.push_back(draw_entry(choices, last_term(entries)));
  }
  std::size_t agreeing = 0;
  while (agreeing < entries.size() && prev + agreeing < twin.size() &&
         entries[agreeing].term == twin[prev + agreeing].term)
    ++agreeing;
  DEMAND_EQUAL(log.count_agreeing(LogIndex(prev), entries), agreeing);
}

}  // namespace

TEST_CASE("the log says what a plain vector says, after any appends and truncations") {
  holds(
      [](Choices& choices) {
        raft::Log log;
        std::vector<Entry> twin;
        while (!choices.exhausted()) {
          change_both(choices, log, twin);
          DEMAND_EQUAL(log.last_index().value(), twin.size());
          DEMAND(log.last_term() == last_term(twin));
          DEMAND_EQUAL(log.total_bytes(), bytes(twin, 0, twin.size()));
          compare_places(choices, log, twin);
          compare_stretches(choices, log, twin);
          compare_agreement(choices, log, twin);
        }
      },
      {.cases = 300});
}
