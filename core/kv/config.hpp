// What an operator or a scenario may choose about the replicated store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/kv/store.hpp"
#include "core/raft/config.hpp"

namespace lockstep::kv {

// How a leader answers a get.
enum class Reads : std::uint8_t {
  read_index,  // after a majority confirmed its leadership (dissertation, section 6.4)
  local        // at once, from what it applied. Unsafe: another may lead by then.
};
constexpr std::string_view name_of(Reads reads) {
  return reads == Reads::read_index ? "read_index" : "local";
}
constexpr std::size_t enumerator_count(Reads) { return 2; }

struct Config {
  raft::Config raft;
  Reads reads = Reads::read_index;
  bool sessions = true;                            // false is unsafe: retries are applied again
  std::uint32_t max_sessions = Limits{}.sessions;  // > 0, the same on every server
  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace lockstep::kv
