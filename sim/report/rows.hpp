// How a page's data names processes and instants.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep::sim {

inline constexpr std::int64_t absent = -1;

// Nodes first, then clients; nobody is absent.
struct Rows {
  std::uint32_t nodes = 0;
  std::uint32_t clients = 0;

  [[nodiscard]] std::uint32_t count() const { return nodes + clients; }
  [[nodiscard]] std::int64_t row(NodeId id) const {
    if (id == nobody) return absent;
    return is_client(id) ? std::int64_t{nodes} + (id.value() - client_base) - 1
                         : std::int64_t{id.value()} - 1;
  }
};

[[nodiscard]] inline std::int64_t ns_or_absent(const std::optional<Instant>& at) {
  return at ? at->ns() : absent;
}

}  // namespace lockstep::sim
