// What a run comes to, from what was seen of it: the same words in every world.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world/outcome.hpp"

namespace lockstep::sim {

// Whether there was progress in time after the last disturbance.
struct Recovery {
  Instant calm_since;                // the last disturbance
  std::optional<Instant> recovered;  // progress after it
};
void judge_recovery(const Expect& expect, const Recovery& recovery, Instant now,
                    std::vector<Violation>& violations, Outcome& outcome);

// A leader that was elected although nothing has disturbed anybody for as long as `expect` says.
[[nodiscard]] Violation unsteady(const Expect& expect, NodeId leader, Instant calm_since,
                                 Instant now);

// The search gives up, undecided, after this many steps.
void judge_history(const Expect& expect, const std::vector<HistoryOperation>& history, Instant now,
                   std::vector<Violation>& violations, Outcome& outcome,
                   std::uint64_t search_steps = RunOptions{}.search_steps);

// The verdict, with reasons. `unknowable`: witnesses that this world cannot see; they are told, and
// do not count.
void settle_verdict(const Expect& expect, const std::vector<Violation>& violations,
                    const std::set<std::string>& witnesses, Outcome& outcome,
                    const std::set<std::string, std::less<>>& unknowable = {});

using Figures = std::vector<std::pair<std::string, double>>;
[[nodiscard]] double recovery_ms(const Recovery& recovery);  // NaN: none
// `latencies`: ns, of operations that ended ok.
void add_client_figures(const std::vector<HistoryOperation>& history,
                        std::vector<std::int64_t> latencies, Instant ended, Figures& figures);

}  // namespace lockstep::sim
