// This program again in another process, and the programs beside it.
#pragma once

#include <string>
#include <vector>

namespace lockstep::sim {

// What it prints on stdout; its stderr is ours. Throws std::runtime_error when it cannot be
// started.
[[nodiscard]] std::string output_of_self(const std::vector<std::string>& arguments);

// Becomes the program words[0] that stands beside this one. Returns only when that cannot be: the
// exit code, after a line on stderr.
[[nodiscard]] int become_sibling(std::vector<std::string> words);

}  // namespace lockstep::sim
