// A scenario: a story with steps and claims, as read from a JSON file, defaults filled in. Times
// are nanoseconds, sizes bytes, probabilities exact ratios. What a protocol alone understands
// (config, setup) stays JSON until its protocol reads it.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/ratio.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "sim/scenario/faults.hpp"
#include "sim/scenario/latency.hpp"

namespace lockstep::sim {

struct DurationRange {
  Duration low;
  Duration high;  // >= low
  friend bool operator==(const DurationRange&, const DurationRange&) = default;
};

// One-way latencies between named regions.
struct Regions {
  std::vector<std::string> names;
  std::vector<std::vector<Duration>>
      one_way;                         // [from][to]; the diagonal is the latency inside a region
  std::vector<std::size_t> placement;  // region of node i is placement[i % size]
  friend bool operator==(const Regions&, const Regions&) = default;
};

struct Network {
  Latency latency{Latency::Shape::constant, milliseconds(1), milliseconds(1),
                  0};  // added to the regions' where both are given
  std::optional<Regions> regions;
  std::string platform;                    // path of a SimGrid platform XML, or empty
  std::optional<std::uint64_t> bandwidth;  // bits per second of each node's link; none: unlimited
  Ratio loss;
  Ratio duplicate;        // of the messages of which a second copy travels …
  Duration duplicate_by;  // … which is late by up to this long
  Ratio reorder;          // of the messages that are held back by up to reorder_by
  Duration reorder_by = milliseconds(10);
  bool fifo = false;     // "ordering": "fifo": no overtaking from one node to another
  bool wire = true;      // every message goes through encode and decode
  bool checksum = true;  // a frame that was damaged on its way is known for it and dropped
  std::uint64_t bulk_from =
      65536;  // encoded bytes from which a message is a flow that shares bandwidth
  friend bool operator==(const Network&, const Network&) = default;
};

struct Disk {
  Latency latency{Latency::Shape::constant, Duration(0), Duration(0), 0};
  bool lies =
      false;  // says "durable" at once; a crash still loses what the latency had not let through
  friend bool operator==(const Disk&, const Disk&) = default;
};

struct Operation {  // a scripted client operation
  Instant at;
  std::uint32_t client = 1;
  std::string verb;  // protocol's: "put", "get", "delete", "append", "cas"
  std::string key;
  std::string value;
  std::optional<std::string> expected;  // cas; none: that the key is absent
};

struct Workload {
  std::uint32_t clients = 0;
  std::optional<Ratio>
      rate;        // open loop: operations a second over all clients, Poisson; none: closed loop
  Duration think;  // closed loop: pause between an answer and the next operation
  std::uint32_t pipeline =
      1;  // operations a client may have open; a further one waits (open loop) or is not made
  std::uint32_t keys = 8;
  std::uint32_t value_bytes = 8;
  std::vector<std::pair<std::string, std::uint32_t>> mix{{"put", 3}, {"get", 5}, {"cas", 2}};
  Duration timeout = seconds(5);                 // per operation; after it the outcome is unknown
  Duration attempt_timeout = milliseconds(500);  // after it the client tries again, elsewhere
  DurationRange backoff{milliseconds(20), milliseconds(500)};
  Instant start;
  std::optional<Instant> stop;              // none: the scenario's end
  std::optional<std::uint64_t> operations;  // at most this many altogether
  std::vector<Operation> script;
};

struct Expect {
  std::optional<bool> linearizable;  // protocols with a history: checked unless false
  std::optional<Duration> recovers_within;
  bool steady = false;                 // … and from there on the leader stays
  std::vector<std::string> sometimes;  // witnesses that must have been seen
  std::string violates;                // rule that must be broken; empty: none may be
};

struct Until {
  std::optional<Duration> leader_stable_for;  // the run ends when one leader has stood this long
  std::optional<Duration> recovered_for;  // … when no fault is to come and this long has passed
                                          // since there was progress after the last one
};

struct SweepAxis {
  std::string path;                 // "config.election_timeout"
  std::vector<std::string> values;  // JSON text of each value
};

struct Sweep {
  std::vector<SweepAxis> axes;  // their product is the points, the last axis fastest
  std::uint32_t repeat = 1;     // runs a point, with seeds seed, seed+1, …
};

struct Scenario {
  std::string file;
  std::string title, why, source, protocol;
  std::uint32_t nodes = 3;   // 1..1'000'000
  std::vector<NodeId> down;  // not started at time 0
  std::uint64_t seed = 1;
  Duration duration = seconds(10);
  Until until;
  Network network;
  Disk disk;
  bool spare_majority = false;  // "budget": "majority": faults that would take one away are skipped
  Workload workload;
  std::vector<Fault> faults;
  Expect expect;
  Sweep sweep;
  std::string config;  // JSON text of "config", "{}" when absent; the protocol read it once already
                       // without error
  std::string setup;   // JSON text of "setup"
  std::string effective;  // JSON text of the whole scenario after overrides, defaults left out
};

}  // namespace lockstep::sim
