// What a node says of itself, whatever protocol it is asked about: how it stands, and what happened
// to it.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "core/base/time.hpp"

namespace lockstep::processes {

struct NodeStatus {
  Instant at = Instant(INT64_MIN);  // by the node's own clock; as here: it has said nothing yet
  std::string role = "follower";
  std::uint64_t term = 0;    // the newest term or epoch it takes part in
  std::uint64_t leader = 0;  // its id; 0: none known
  // Raft: of its log.
  std::uint64_t last = 0, commit = 0;
  // Advanced Bully: the epoch of that leader, whether it leads with a lease, and how many it
  // struck.
  std::uint64_t reign = 0;
  bool acts = false;
  std::uint32_t struck = 0;
  // Files: whom it has for neighbours, and what it counts since its start.
  std::set<std::uint64_t> neighbours;  // ids
  std::uint64_t sent_bytes = 0, dropped_sources = 0, dropped_queries = 0, false_chunks = 0;
};

struct NodeEvent {
  Instant at;
  std::uint32_t node = 0;  // its place, from 0
  std::uint64_t term = 0;
  std::string kind, text;
  std::uint64_t number = 0;  // its place among the events of that node, from 1
  std::uint64_t about = 0;   // advanced Bully: id of the node it is about; 0: nobody
};

}  // namespace lockstep::processes
