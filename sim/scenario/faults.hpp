// What a scenario does to its nodes and their network: whom, what, when and for how long. docs/
// scenarios.md says how each is written, docs/faults.md what it means.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/ratio.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "sim/scenario/latency.hpp"
#include "sim/scenario/target.hpp"
#include "sim/scenario/treason.hpp"

namespace lockstep::sim {

struct Partition {
  std::vector<std::vector<Target>> groups;
};  // links between different groups are cut, both ways
struct Cut {
  std::vector<Target> from, to;
};  // one way
struct Isolate {
  enum class Way : std::uint8_t { both, in, out };
  std::vector<Target> who;
  Way way = Way::both;
};
struct Heal {};  // what the network and the disks suffer is undone
struct Clog {
  std::vector<Target> from, to;
};  // one way; messages wait, and travel on when it ends
// Messages from `from` to `to`, one way, nobody named meaning everybody: those that `ratio` picks.
struct Burst {
  enum class Kind : std::uint8_t { lose, duplicate, corrupt, reorder, delay };
  Kind kind = Kind::lose;
  std::vector<Target> from, to;
  Ratio ratio;  // delay: all
  Latency by;   // reorder, delay: what is added to the latency
};
[[nodiscard]] std::string_view name_of(Burst::Kind kind);
struct Throttle {
  std::vector<Target> who;
  std::uint64_t bandwidth = 0;  // bits a second of each one's own link
};
struct Swizzle {
  std::vector<Target> who;
};  // isolated one by one in the first half of "for", healed in another order in the second
struct Crash {
  std::vector<Target> who;
  std::uint32_t again = 0;  // while it recovers it crashes again, this many times
  bool torn = false;        // of the write under way a part is there
};                          // loses what was not durable; "for" restarts it
struct Wipe {
  std::vector<Target> who;
};  // a crash that leaves an empty disk, also of those that are down
struct Restart {
  std::vector<Target> who;
};  // those of `who` that are down ("all": every one)
struct Pause {
  std::vector<Target> who;
};  // takes no step until resumed; what arrives waits
struct Resume {
  std::vector<Target> who;
};
struct SlowLink {
  std::vector<Target> from, to;
  Duration by;
};  // added to each one-way latency, both directions
struct SlowDisk {
  std::vector<Target> who;
  Duration latency;
};
struct DiskFault {
  // flip: one bit of what is durable. misdirect: the next write lands elsewhere. fail_sync: the
  // next sync fails, and the node ends. stall: no sync ends. full: what needs room is refused.
  enum class Kind : std::uint8_t { flip, misdirect, fail_sync, stall, full };
  std::vector<Target> who;
  Kind kind = Kind::flip;
};
constexpr std::string_view name_of(DiskFault::Kind kind) {
  switch (kind) {
    case DiskFault::Kind::flip: return "flip";
    case DiskFault::Kind::misdirect: return "misdirect";
    case DiskFault::Kind::fail_sync: return "fail_sync";
    case DiskFault::Kind::stall: return "stall_disk";
    case DiskFault::Kind::full: return "full_disk";
  }
  return "?";
}
struct ClockFault {
  std::vector<Target> who;
  Duration jump;                          // back where negative; stays
  std::optional<std::int32_t> drift_ppm;  // fast, or slow where negative
};
struct Traitor {
  std::vector<Target> who;
  std::vector<Treason> does;
};  // its messages to other nodes go through an adversary's hands
struct Twins {
  std::vector<Target> who;
  std::vector<Target> second;  // whom the second copy talks to; nobody named: both talk to all
};  // beside each runs a second copy, with its name and what is on its disk
struct Measure {
  std::vector<Target> who;
  Ratio cpu, memory;  // of their capacity
};                    // what nodes find when they measure themselves, from then on
struct Tell {
  std::vector<Target> who;
  std::string verb;
};  // a protocol's own verb, as {"campaign": "n1"}

using FaultAction = std::variant<Partition, Cut, Isolate, Heal, Clog, Burst, Throttle, Swizzle,
                                 Crash, Wipe, Restart, Pause, Resume, SlowLink, SlowDisk, DiskFault,
                                 ClockFault, Traitor, Twins, Measure, Tell>;

// Those that are over when they have struck.
template <class Action>
concept Once = std::same_as<Action, Heal> || std::same_as<Action, Restart> ||
    std::same_as<Action, Resume> || std::same_as<Action, Measure> || std::same_as<Action, Tell>;

// Whether nobody can count on whom it hits, for a while or for good: what a fault budget counts.
[[nodiscard]] bool takes_nodes(const FaultAction& action);
// The key of the action in a scenario file: "partition", "lose", a verb of the protocol.
[[nodiscard]] std::string key_of(const FaultAction& action);

struct Fault {
  // at: once. every: at from + k * period. times: that many instants, uniform in [from, until].
  enum class When : std::uint8_t { at, every, random };
  When when = When::at;
  Instant from;     // at: the instant; every: the first one (default: the period); random: start of
                    // the window
  Instant until;    // every and random: end of the window (default: the scenario's duration)
  Duration period;  // every
  std::uint32_t times = 1;  // random
  std::optional<Duration>
      lasts;  // "for": undone after this long (a crash restarts, a pause resumes, a cut heals)
  FaultAction action;
};

}  // namespace lockstep::sim
