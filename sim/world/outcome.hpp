// What one run comes to.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/step.hpp"

namespace lockstep::sim {

class Fabric;

enum class RunVerdict : std::uint8_t { pass, violated, undecided };
constexpr std::string_view name_of(RunVerdict verdict) {
  return verdict == RunVerdict::pass       ? "pass"
         : verdict == RunVerdict::violated ? "violated"
                                           : "undecided";
}

// A digest as everybody prints it: 16 hexadecimal digits.
[[nodiscard]] std::string digest_text(std::uint64_t digest);

// How often faults of a kind struck somebody who was in a role and a phase.
struct Struck {
  std::string kind;   // as in the scenario: "crash"
  std::string role;   // the victim's; "down", "client", or "" where a fault has no victim
  std::string phase;  // "no leader": nobody leads; else "writing": its disk is busy; else "idle"
  std::uint64_t times = 0;
  friend bool operator==(const Struck&, const Struck&) = default;
};

struct Outcome {
  RunVerdict verdict = RunVerdict::pass;
  std::vector<std::string> reasons;  // why it is not a pass, or what was expected and found
  std::uint64_t digest = 0;          // 0: none, in a world that does not repeat itself
  std::uint64_t steps = 0;
  std::uint64_t delivered = 0;  // messages that a machine received
  std::vector<Violation>
      violations;  // in the order they were found, those a scenario expects among them
  std::vector<std::pair<std::string, double>>
      figures;  // name with unit, value; the same names for every run of a protocol
  std::vector<std::string> witnesses;  // what was seen, sorted
  std::vector<Struck> struck;          // by kind, role and phase
  std::vector<HistoryOperation> history;
  Instant ended;

  [[nodiscard]] double figure(std::string_view name) const;  // asserts that there is one
};

using Listener = std::function<void(TraceLine&&)>;

struct RunOptions {
  Listener listener;                        // none: no text is made
  bool digest = true;                       // bench only: what the digest costs
  bool keep_history = true;                 // the outcome carries the history
  std::uint64_t search_steps = 50'000'000;  // of the search for a linearization; beyond: undecided
};

using RunFunction = Outcome (*)(const Scenario&, Fabric&, const RunOptions&);

}  // namespace lockstep::sim
