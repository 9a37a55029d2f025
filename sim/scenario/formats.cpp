#include "sim/scenario/formats.hpp"

#include "sim/protocols/advanced_bully_format.hpp"
#include "sim/protocols/bully_format.hpp"
#include "sim/protocols/flood_format.hpp"
#include "sim/protocols/lamport_format.hpp"
#include "sim/protocols/raft_and_flood_format.hpp"
#include "sim/protocols/raft_format.hpp"

namespace lockstep::sim {

std::vector<std::string> with_those_of_the_world(std::vector<std::string> own, bool has_records) {
  for (const char* witness :
       {"message_lost", "message_duplicated", "message_corrupted", "message_clogged",
        "message_late", "throttled", "partitioned", "paused", "crashed", "restarted",
        "crashed_in_recovery", "clock_jumped", "clock_drifted", "kept_silent", "lied",
        "equivocated", "replayed", "forged", "twins"})
    own.emplace_back(witness);
  if (!has_records) return own;
  for (const char* witness : {"records_lost", "wiped", "torn_tail", "start_refused", "bit_flipped",
                              "misdirected", "sync_failed", "disk_stalled", "disk_full"})
    own.emplace_back(witness);
  return own;
}

const std::vector<ProtocolFormat>& protocol_formats() {
  static const std::vector<ProtocolFormat> formats{
      raft_format(),    bully_format(), advanced_bully_format(),
      lamport_format(), flood_format(), raft_and_flood_format()};
  return formats;
}

}  // namespace lockstep::sim
