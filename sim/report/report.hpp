// report.html: one page that holds a run, readable offline and without anything beside it.
//
// It shows the verdict, a space-time diagram of the steps and messages, charts of what clients saw,
// and tables of elections, faults and operations. A page can hold only so much: it carries up to
// `max_steps` steps and `max_text` bytes of their text, whole stretches of the run without a gap,
// those with broken rules, faults and elections first, and up to `max_operations` operations; what
// was left out is said on the page, in the place where it is missing. Counts, bands of roles and
// the lines of the charts cover the whole run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "sim/check/history.hpp"
#include "sim/trace/step.hpp"

namespace lockstep::sim {

struct ReportInput {
  nlohmann::json manifest;  // shown as it is
  // "verdict", "digest", "title", "why", "source", "protocol", "figures" {name: number}, "reasons",
  // "violations", "expected_violation": each may be missing.
  nlohmann::json summary;
  // The trace: every step, or its first ones and then at least those that changed a role or a term.
  const std::vector<TraceLine>* lines = nullptr;
  std::uint64_t steps_total = 0;  // of the run, whether or not they are in `lines`
  const std::vector<HistoryOperation>* history = nullptr;
  std::uint32_t nodes = 0;
  std::uint32_t clients = 0;
  Duration duration;
  std::size_t max_steps = 60'000;
  std::size_t max_text = 16u << 20;
  std::size_t max_operations = 6'000;
};

[[nodiscard]] std::string render_report(const ReportInput& input);

}  // namespace lockstep::sim
