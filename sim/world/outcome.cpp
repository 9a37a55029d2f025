#include "sim/world/outcome.hpp"

#include <fmt/core.h>

namespace lockstep::sim {

std::string digest_text(std::uint64_t digest) { return fmt::format("{:016x}", digest); }

}  // namespace lockstep::sim
