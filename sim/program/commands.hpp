// The commands of the program. Each adds its flags to the command line and runs when it was chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "sim/program/execute.hpp"
#include "sim/scenario/parse.hpp"

namespace lockstep::sim {

// Returns the exit code.
using Action = std::function<int()>;

Action add_run(CLI::App& app);
Action add_validate(CLI::App& app);
Action add_list(CLI::App& app);
Action add_show(CLI::App& app);
Action add_sweep(CLI::App& app);
Action add_merge(CLI::App& app);
Action add_compare(CLI::App& app);
Action add_fuzz(CLI::App& app);
Action add_shrink(CLI::App& app);
Action add_replay(CLI::App& app);
Action add_bench(CLI::App& app);
Action add_lin(CLI::App& app);
Action add_stats(CLI::App& app);
Action add_report(CLI::App& app);

// Flags that several commands share.
struct ScenarioFlags {
  std::string file;
  std::vector<std::string> settings;  // "path=value"
  std::optional<std::uint64_t> seed;
  std::string fabric;

  void add_to(CLI::App& command, const std::string& default_fabric);
  [[nodiscard]] Scenario load() const;  // throws ScenarioError
  [[nodiscard]] FabricKind kind() const;
  // What repeats it: "./lockstep WORD FILE --fabric …".
  [[nodiscard]] std::string command_line(const std::string& word) const;
};

// For check() of an option: an empty text, or why this is no number from 0 to 2^64 - 1. CLI11 alone
// takes "-1" for the largest.
[[nodiscard]] std::string refuse_unless_whole(const std::string& text);

}  // namespace lockstep::sim
