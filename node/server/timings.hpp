// Where the time of an operation goes, as this member sees it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "node/metrics/histogram.hpp"

namespace lockstep::node {

struct Timings {
  Histogram put, get;  // of clients' operations here, from the request to the answer
  Histogram queue;     // from the first record of a batch to the beginning of its write
  Histogram sync;      // write and fdatasync of a batch
  Histogram batch;     // not a time: records of a batch, as microseconds
  Histogram commit;    // at the leader, from a proposal to its commit
  Histogram step;      // one step of the machine with its effects
  Histogram election;  // from the election alarm to a leader, where this member stood
  std::uint64_t proposals = 0, elections = 0, steps = 0;
  std::uint64_t committed = 0;           // the commit index
  std::uint64_t committed_at_start = 0;  // what the log held then
};

}  // namespace lockstep::node
