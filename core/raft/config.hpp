// What an operator or a scenario may choose about Raft. Defaults are the safe and usual ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/time.hpp"

namespace lockstep::raft {

struct Config {
  // Drawn uniformly anew for every wait (Raft, section 5.2); 0 < low <= high.
  Duration election_timeout_low = milliseconds(150);
  Duration election_timeout_high = milliseconds(300);
  Duration heartbeat = milliseconds(50);  // > 0, below election_timeout_low

  bool pre_vote = true;  // dissertation, section 9.6
  bool sticky = true;    // refuse votes while a leader is heard of: dissertation, section 4.2.3
  bool check_quorum =
      true;  // a leader that hears no majority for an election timeout steps down: section 6.2
  // A leader whose oldest write is not down after the longest election timeout steps down, and
  // nobody whose disk is as slow stands for election. With majorities of such disks nobody leads.
  bool check_disk = true;

  std::uint32_t max_entries_per_message = 256;             // > 0
  std::uint64_t max_bytes_per_message = 256 * 1024;        // one larger entry still travels, alone
  std::uint32_t max_entries_in_flight = 4096;              // per follower, > 0
  std::uint64_t max_bytes_in_flight = 4 * 1024 * 1024;     // per follower
  std::uint64_t max_uncommitted_bytes = 64 * 1024 * 1024;  // a leader refuses proposals beyond it

  friend bool operator==(const Config&, const Config&) = default;
};

// Why no server can run with these settings, or empty when it can.
[[nodiscard]] std::string flaw_in(const Config& config);

}  // namespace lockstep::raft
