// This program again, in another process.
#pragma once

#include <string>
#include <vector>

namespace lockstep::sim {

// What it prints on stdout; its stderr is ours. Throws std::runtime_error when it cannot be
// started.
[[nodiscard]] std::string output_of_self(const std::vector<std::string>& arguments);

}  // namespace lockstep::sim
