// How many files this process may have open, connections among them.
#pragma once

#include <cstdint>

namespace lockstep::node {

// Raises the soft limit to `wanted`, as far as the hard limit lets it and unless it is above that
// already; shells give 1024. Returns what is allowed then.
std::uint64_t allow_open_files(std::uint64_t wanted);

}  // namespace lockstep::node
