// This program again in another process, the programs beside it, and those of others.
#pragma once

#include <string>
#include <vector>

namespace lockstep::sim {

// What it prints on stdout; its stderr is ours. Throws std::runtime_error when it cannot be
// started.
[[nodiscard]] std::string output_of_self(const std::vector<std::string>& arguments);

// Runs a program of PATH with this input; its stdout is ours, and what it says on stderr is not
// shown. Its exit code, no_such_tool where it is not there, 128 and more where a signal ended it.
// Throws std::runtime_error when no process can be started.
inline constexpr int no_such_tool = 127;
[[nodiscard]] int run_tool(std::vector<std::string> words, const std::string& input);

// Becomes the program words[0] that stands beside this one. Returns only when that cannot be: the
// exit code, after a line on stderr.
[[nodiscard]] int become_sibling(std::vector<std::string> words);

}  // namespace lockstep::sim
