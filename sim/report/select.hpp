// Which steps a page carries when it cannot carry all.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/trace/leadership.hpp"
#include "sim/trace/step.hpp"

namespace lockstep::sim {

struct SelectionLimits {
  std::size_t max_steps = 0;
  std::size_t max_text = 0;  // bytes
};

// For each line, whether it is a step that the page carries. Chosen in blocks of consecutive lines:
// those around broken rules, then around faults and elections and the start, then from the front.
[[nodiscard]] std::vector<bool> select_steps(const std::vector<TraceLine>& lines,
                                             const Leadership& leadership,
                                             const SelectionLimits& limits);

// A stretch of the run of which the page carries every step.
struct Span {
  Instant from;
  Instant to;
};
[[nodiscard]] std::vector<Span> complete_spans(const std::vector<TraceLine>& lines,
                                               const std::vector<bool>& selected);

}  // namespace lockstep::sim
