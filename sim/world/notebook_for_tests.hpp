// Stories about notebooks: a scenario in a few words, and what came of it line by line.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/scenario.hpp"
#include "sim/world/outcome.hpp"

namespace lockstep::sim::notebook {

// Config, as JSON in Scenario::config: "beat_ms", "echo" (0 or 1), "patience_ms", and "servers":
// how many nodes clients are spread over, from the first. Verbs: "write X" (a note with key
// "told"), "shout", "lead", "break". Rules: "no 42" (a note with that value), "same notes" (once
// quiet, all live nodes hold the same).
[[nodiscard]] Outcome run(const Scenario& scenario, const RunOptions& options);

[[nodiscard]] constexpr Instant ms(std::int64_t count) { return Instant() + milliseconds(count); }

// Two nodes, one second, 1 ms between them, a disk that takes 10 ms, no load.
[[nodiscard]] Scenario two_nodes();

[[nodiscard]] Target node(std::uint32_t number);
inline const Target n1 = node(1), n2 = node(2), n3 = node(3);
[[nodiscard]] Fault at(std::int64_t ms, FaultAction action);
[[nodiscard]] Fault at(std::int64_t ms, FaultAction action, std::int64_t lasts_ms);
[[nodiscard]] Fault tell(std::int64_t ms, std::uint32_t who, std::string verb);

// Those two, or some more, and these faults.
[[nodiscard]] Scenario with(std::vector<Fault> faults, std::uint32_t nodes = 2);

using Lines = std::vector<std::string>;

struct Told {
  Outcome outcome;
  std::vector<TraceLine> trace;
  // "3 ms n1 received n2 ping{number=1}"; "3 ms fault crash crashed n1"; "3 ms n1 drops";
  // "3 ms violation of no 42".
  std::vector<std::string> lines;

  // The lines of one node's (or "c1", or "fault") with the given word in them.
  [[nodiscard]] std::vector<std::string> of(const std::string& who,
                                            const std::string& word = "") const;
};
[[nodiscard]] Told play(const Scenario& scenario);

[[nodiscard]] bool seen(const Outcome& outcome, const std::string& witness);

}  // namespace lockstep::sim::notebook
