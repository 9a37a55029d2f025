// Majorities, by counting on fingers.
#include <algorithm>
#include <bitset>
#include <vector>

#include "core/raft/quorum.hpp"
#include "property_tests/support/property.hpp"

using namespace lockstep;
using namespace lockstep::properties;

TEST_CASE("any two majorities share a member, and one member less need not") {
  holds([](Choices& choices) {
    const std::size_t members = 1 + choices.below(9);
    const std::size_t enough = raft::majority(members);
    std::vector<std::size_t> order(members);
    for (std::size_t i = 0; i < members; ++i) order[i] = i;
    const auto some = [&](std::size_t count) {
      for (std::size_t left = members; left > 1; --left)
        std::swap(order[left - 1], order[choices.below(left)]);
      std::bitset<16> set;
      for (std::size_t i = 0; i < count; ++i) set.set(order[i]);
      return set;
    };
    DEMAND((some(enough) & some(enough)).any());
    std::bitset<16> low, high;
    for (std::size_t i = 0; i + 1 < enough; ++i) low.set(i), high.set(members - 1 - i);
    DEMAND((low & high).none());
  });
}

TEST_CASE("what a majority has reached is the middle of the sorted values") {
  holds([](Choices& choices) {
    std::vector<std::uint64_t> values(1 + choices.below(9));
    for (auto& value : values) value = choices.below(5);
    const auto reached =
        raft::reached_by_majority(values.size(), [&](std::size_t i) { return values[i]; });
    std::sort(values.begin(), values.end());
    DEMAND_EQUAL(reached, values[(values.size() - 1) / 2]);
  });
}

TEST_CASE("an election is won by as many different voters as make a majority") {
  holds([](Choices& choices) {
    const std::size_t members = 1 + choices.below(9);
    raft::Votes votes(members);
    std::bitset<16> voters;
    for (std::uint64_t left = choices.below(30); left > 0; --left) {
      const std::size_t voter = choices.below(members);
      votes.grant(voter);
      voters.set(voter);
      DEMAND_EQUAL(votes.won(), 2 * voters.count() > members);
      DEMAND(votes.granted_by(voter));
    }
  });
}
