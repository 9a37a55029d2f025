// Fingerprint: in which way a run went wrong, so that two findings, or a finding and a smaller
// scenario, can be told to be the same.
//
// It is the rule that broke first and the shape of what was said about it: numbers, names of nodes
// and clients, and quoted values are left out, for they change with every detail of a scenario. The
// rule "linearizability" has one shape only: which operation fits nowhere is chance.
#pragma once

#include <string>
#include <string_view>

#include "sim/world/outcome.hpp"

namespace lockstep::sim {

// What became of a run, in a process of its own.
struct RunEnd {
  enum class Kind : std::uint8_t {
    passed,
    violated,
    undecided,
    differs,  // a second run gave another digest
    failed,   // it ended with an error of the program
    died,     // its process was ended by a signal
    hung      // it took longer than anybody waits
  };
  Kind kind = Kind::passed;
  std::string rule;  // violated: the rule; died: "signal 11"
  std::string text;  // one sentence
  std::string fingerprint;
  [[nodiscard]] bool finding() const { return kind != Kind::passed && kind != Kind::undecided; }
};
[[nodiscard]] std::string_view name_of(RunEnd::Kind kind);

[[nodiscard]] std::string shape_of(std::string_view text);
// REQUIRES: the scenario expects no violation.
[[nodiscard]] RunEnd end_of(const Outcome& outcome);
// The same for each of the violations, in their order.
[[nodiscard]] std::vector<RunEnd> ends_of(const Outcome& outcome);
// For what befell the process of a run.
[[nodiscard]] RunEnd failed_end(std::string text);
[[nodiscard]] RunEnd died_end(int signal);
[[nodiscard]] RunEnd hung_end();

}  // namespace lockstep::sim
