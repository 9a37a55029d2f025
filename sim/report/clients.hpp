// What clients saw, made small enough for a page: figures over windows of time for all operations,
// and some operations one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/check/history.hpp"

namespace lockstep::sim {

// One window of time. Counts by when operations ended (unknown ones: began), latencies in
// nanoseconds of the ok ones by when they began; -1 where there are none.
struct ClientWindow {
  std::uint32_t ok = 0;
  std::uint32_t failed = 0;
  std::uint32_t unknown = 0;
  std::int64_t p50 = -1;
  std::int64_t p99 = -1;
  std::int64_t most = -1;
};

struct ClientWindows {
  Duration width;  // a round one, so that there are at most 250
  std::vector<ClientWindow> windows;
};
[[nodiscard]] ClientWindows client_windows(const std::vector<HistoryOperation>& history,
                                           Duration duration);

// The same for all operations together.
[[nodiscard]] ClientWindow client_totals(const std::vector<HistoryOperation>& history);

// Places of the operations a page lists, ascending: all if they are few, else the first of those
// that failed or are unknown, the slowest, and every n-th of the others.
struct ChosenOperations {
  std::vector<std::size_t> places;
  std::size_t every = 1;  // n
};
[[nodiscard]] ChosenOperations choose_operations(const std::vector<HistoryOperation>& history,
                                                 std::size_t most);

}  // namespace lockstep::sim
