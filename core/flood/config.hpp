// What an operator or a scenario may choose about the flooding search.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/time.hpp"

namespace lockstep::flood {

struct DirectoryConfig {
  std::uint32_t max_neighbours =
      8;  // links a node makes or takes; linked ones at the start do not count
  std::uint32_t max_known = 256;  // peers it remembers besides
  // Between two looks at each neighbour; 0: never, neighbours are taken for alive.
  Duration health_check = seconds(1);
  std::uint32_t misses = 3;  // looks without a sign of life after which a neighbour counts as lost
  Duration backoff_low = milliseconds(500);  // before a lost peer is asked again; doubles …
  Duration backoff_high = seconds(30);       // … up to this
  // The peers given at the start are neighbours without a login, so that a large network starts
  // without a message.
  bool start_linked = false;
  friend bool operator==(const DirectoryConfig&, const DirectoryConfig&) = default;
};

struct SearchConfig {
  std::uint8_t ttl = 3;                    // hops a query goes, 1 .. max_ttl
  std::uint8_t max_ttl = 7;                // hops passed on for others: what goes farther is cut
  std::uint16_t max_steps = 64;            // of a walker
  std::uint32_t walkers = 4;               // of a search by walkers
  std::uint32_t max_open = 5;              // searches open at a time; others wait …
  std::uint32_t max_waiting = 32;          // … up to so many, and are refused beyond
  Duration answers_within = seconds(1);    // how long a search waits for hits
  Duration ring_wait = milliseconds(250);  // the same for one ring of an expanding search
  Duration settles_after = milliseconds(200);  // since its first hit, a fetch chooses and begins
  std::uint32_t max_hits = 64;         // a search takes, and a node sends back for another's query
  bool direct_hits = false;            // straight to the asker, not along the way the query came
  Duration seen_for = seconds(10);     // a query is remembered, at least
  std::uint32_t seen_capacity = 8192;  // queries remembered in that time
  std::uint32_t query_rate = 64;       // queries a second taken from one neighbour, in the long run
  std::uint32_t query_burst = 128;     // … and at once
  friend bool operator==(const SearchConfig&, const SearchConfig&) = default;
};

struct TransferConfig {
  std::uint32_t max_files = 4096;       // in the index
  std::uint32_t max_fetches = 4;        // at a time; more are refused
  std::uint32_t max_sources = 8;        // of one file at a time
  std::uint32_t window = 4;             // chunks asked of one source at a time
  std::uint32_t max_writing = 64;       // chunks of one file that wait for the disk
  Duration chunk_timeout = seconds(2);  // after which a chunk is asked of somebody else
  std::uint32_t patience = 3;           // time-outs in a row after which a source is dropped
  Duration retry = seconds(1);          // between two searches for sources
  std::uint32_t max_searches = 30;      // in vain, one after the other: the fetch fails
  friend bool operator==(const TransferConfig&, const TransferConfig&) = default;
};

struct Config {
  DirectoryConfig directory;
  SearchConfig search;
  TransferConfig transfer;
  friend bool operator==(const Config&, const Config&) = default;
};

// What is wrong with a configuration, or nothing: whoever reads one from a file or a user asks
// before building a machine, because the machine only check()s it.
[[nodiscard]] std::string_view refusal(const Config& config);

}  // namespace lockstep::flood
