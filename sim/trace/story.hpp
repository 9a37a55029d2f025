// The story of a run in plain lines for a terminal: who led, what broke, who took over after how
// long, and what clients saw of it.
//
//     0.213 s   n3 leads in term 1 (elected 213 ms after the start)
//     5.000 s   cut n1 n3 | n2 n4 n5
//     5.287 s   n4 leads in term 2: 287 ms after the cut
//    15.000 s   healed
//   clients: 512 operations ok, 3 unknown, 0 failed; longest wait 512 ms, from 5.000 s
//
// "After" is told, not "because": the time counts from the latest fault before it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/trace/step.hpp"

namespace lockstep::sim {

// At most `limit` lines (at least 20). What is left out is said in the place where it is missing.
[[nodiscard]] std::vector<std::string> tell_story(const std::vector<TraceLine>& lines,
                                                  const std::vector<HistoryOperation>& history,
                                                  std::string_view protocol,
                                                  std::size_t limit = 40);

// 12.3 us, 287 ms, 1.24 s: three digits, for people.
[[nodiscard]] std::string rounded(Duration duration);

// The longest time in which clients were waiting and no operation completed.
struct LongestWait {
  Instant from;
  Duration length;
  bool to_the_end = false;  // nothing completed after it
};
[[nodiscard]] LongestWait longest_wait(const std::vector<HistoryOperation>& history, Instant end);

}  // namespace lockstep::sim
