// Generator: which operations clients make and when, from the scenario's workload and a stream of
// its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/random.hpp"
#include "sim/check/history.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

class Generator {
 public:
  Generator(const Workload& workload, Instant end, std::uint64_t seed);

  // The next operation of a client: verb, key and values filled in, the rest default. Written
  // values are unique, so that a checker can tell every write from every other.
  HistoryOperation draw();
  // Scripted operations are counted here as well, so that ids and values stay unique.
  HistoryOperation scripted(const Operation& operation);
  // What clients learnt of a key; a compare-and-set expects it.
  void learnt(const HistoryOperation& operation);

  // Open loop: the instant of the next arrival after `now`; nothing when the load is over.
  std::optional<Instant> next_arrival(Instant now);
  // Whether a further operation may be made at `now` (stop, and the number of operations).
  [[nodiscard]] bool may_make(Instant now) const;

 private:
  std::string value(std::uint64_t id) const;

  const Workload* workload_;
  Instant end_;
  Random random_;
  std::uint64_t made_ = 0;  // drawn, not scripted
  std::uint64_t last_id_ = 0;
  std::uint32_t total_weight_ = 0;
  std::vector<std::optional<std::string>> known_;  // a key; what was last read or written
};

}  // namespace lockstep::sim
