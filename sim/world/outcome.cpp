#include "sim/world/outcome.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/base/check.hpp"

namespace lockstep::sim {

std::string digest_text(std::uint64_t digest) { return fmt::format("{:016x}", digest); }

double Outcome::figure(std::string_view name) const {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const auto& known) { return known.first == name; });
  check(found != figures.end(), "a run of this protocol has this figure");
  return found->second;
}

}  // namespace lockstep::sim
