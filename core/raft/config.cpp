#include "core/raft/config.hpp"

namespace lockstep::raft {

std::string flaw_in(const Config& config) {
  if (config.election_timeout_low <= Duration(0)) return "the election timeout is above 0";
  if (config.election_timeout_high < config.election_timeout_low)
    return "the election timeout's upper end is not below its lower end";
  if (config.heartbeat <= Duration(0)) return "the heartbeat interval is above 0";
  if (config.heartbeat >= config.election_timeout_low)
    return "the heartbeat interval is below the election timeout";
  if (config.max_entries_per_message == 0) return "max_entries_per_message is above 0";
  if (config.max_entries_in_flight == 0) return "max_entries_in_flight is above 0";
  if (config.max_bytes_in_flight == 0) return "max_bytes_in_flight is above 0";
  return {};
}

}  // namespace lockstep::raft
