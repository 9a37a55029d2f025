#include "sim/check/causes.hpp"

#include <doctest/doctest.h>

#include "core/base/random.hpp"

namespace lockstep::sim {
namespace {

lamport::Stamp at(std::uint64_t time, std::uint32_t node = 1) {
  return {lamport::LamportTime(time), NodeId(node)};
}

TEST_CASE("a cause travels with messages, over others as well, and concurrent events are free") {
  Causes causes(3);
  causes.stepped(0);
  CHECK(causes.stamped(0, at(7)) == std::nullopt);
  causes.sent(1, 0);
  causes.stepped(2);
  CHECK(causes.stamped(2, at(3, 3)) == std::nullopt);  // concurrent
  causes.received(1, 1);
  causes.stepped(1);
  causes.sent(2, 1);
  causes.received(2, 2);
  causes.stepped(2);
  CHECK(causes.stamped(2, at(6, 3)) == at(7));
  causes.stepped(2);
  CHECK(causes.stamped(2, at(7, 3)) == at(7));  // equal times of cause and effect
  causes.stepped(2);
  CHECK(causes.stamped(2, at(8, 3)) == std::nullopt);
}

TEST_CASE("what a process does after it sent is no cause of what its message causes") {
  Causes causes(2);
  causes.stepped(0);
  causes.sent(1, 0);
  causes.stepped(0);
  CHECK(causes.stamped(0, at(9)) == std::nullopt);
  causes.received(1, 1);
  causes.received(1, 1);  // a number arrives once
  causes.stepped(1);
  CHECK(causes.stamped(1, at(2, 2)) == std::nullopt);
}

TEST_CASE("of what a process stamped, heard and told nobody nothing is left after a crash") {
  Causes causes(2);
  causes.stepped(0);
  CHECK(causes.stamped(0, at(4)) == std::nullopt);
  causes.sent(1, 0);
  causes.stepped(0);
  CHECK(causes.stamped(0, at(9)) == std::nullopt);
  causes.stepped(1);
  CHECK(causes.stamped(1, at(20, 2)) == std::nullopt);
  causes.sent(2, 1);
  causes.received(2, 0);
  causes.crashed(0);
  causes.stepped(0);
  CHECK(causes.stamped(0, at(7)) == std::nullopt);
  CHECK(causes.stamped(0, at(3)) == at(7));
}

TEST_CASE("what a process wrote down it knows after a crash") {
  Causes causes(2);
  causes.stepped(1);
  CHECK(causes.stamped(1, at(20, 2)) == std::nullopt);
  causes.sent(1, 1);
  causes.received(1, 0);
  causes.stepped(0);
  causes.outlives(0, causes.known(0));
  causes.crashed(0);
  causes.stepped(0);
  CHECK(causes.stamped(0, at(7)) == at(20, 2));
}

// The naive twin: the set of all events that happened before, for every event.
TEST_CASE("vector clocks agree with sets of events") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    constexpr std::uint32_t processes = 4;
    Causes causes(processes);
    std::vector<std::vector<std::uint32_t>> sets(processes, Causes::Clock(processes));
    std::map<std::uint64_t, std::vector<std::uint32_t>> messages;
    for (std::uint64_t i = 1; i <= 200; ++i) {
      const auto process = static_cast<std::uint32_t>(random.below(processes));
      if (random.below(2) == 0 && !messages.empty()) {
        const auto taken =
            std::next(messages.begin(), static_cast<std::ptrdiff_t>(random.below(messages.size())));
        for (std::uint32_t p = 0; p < processes; ++p)
          sets[process][p] = std::max(sets[process][p], taken->second[p]);
        causes.received(taken->first, process);
        messages.erase(taken);
      }
      causes.stepped(process);
      ++sets[process][process];
      causes.sent(i, process);
      messages.emplace(i, sets[process]);
      CHECK(causes.clock(process) == sets[process]);
    }
  }
}

}  // namespace
}  // namespace lockstep::sim
