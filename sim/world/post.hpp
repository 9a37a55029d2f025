// Post: decides what becomes of a message between two endpoints: lost, cut, delayed, doubled. The
// fabric's route is the part of the latency every message meets; the rest is drawn here, so both
// fabrics draw the same numbers in the same order.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "core/base/random.hpp"
#include "sim/faults/bursts.hpp"
#include "sim/faults/draw.hpp"
#include "sim/faults/links.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

class Post {
 public:
  Post(const Scenario& scenario, Fabric& fabric, std::uint64_t seed);

  struct Copy {
    Instant arrives;  // unless a flow
    Duration late;    // of a flow: what it takes beyond the flow's own time
  };
  struct Fate {
    std::string_view lost;          // "cut", "loss" or "corrupt"; empty when it travels
    bool flow = false;              // it travels as a flow of the fabric
    bool clogged = false;           // it waits until the clog on its link is gone
    std::uint64_t damage = 0;       // a number to damage it by, without a checksum to catch that
    Copy copy;                      // unless lost
    std::optional<Copy> duplicate;  // a second copy travels as well
  };
  // `bytes` is 0 where nobody measured: then bandwidth does not matter.
  Fate dispatch(Instant now, std::uint32_t from, std::uint32_t to, std::uint64_t bytes);
  // A message crosses a cut neither when it leaves nor when it arrives.
  [[nodiscard]] bool is_cut(std::uint32_t from, std::uint32_t to) const {
    return !links_.untouched() && links_.is_cut(from, to);
  }
  [[nodiscard]] bool measures_bytes() const { return measures_bytes_; }
  [[nodiscard]] Links& links() { return links_; }
  [[nodiscard]] Bursts& bursts() { return bursts_; }
  [[nodiscard]] const Bursts& bursts() const { return bursts_; }
  // When what waited in a clog arrives, sent on now, if it takes `way` alone.
  Instant sent_on(Instant now, std::uint32_t from, std::uint32_t to, Duration way);
  // Loss, duplication, reordering and bursts end with a heal.
  void calm();

 private:
  // What varies in a way, and what faults add to it.
  Duration lateness(std::uint32_t from, std::uint32_t to);
  Instant arrival(Instant now, std::uint32_t from, std::uint32_t to, const Route& route,
                  std::uint64_t bytes);

  Fabric* fabric_;
  Endpoints endpoints_;
  Links links_;
  Bursts bursts_;
  Random random_;
  Random burst_random_;  // of its own, so that a burst shifts no latency
  Latency latency_;
  Ratio loss_, duplicate_, reorder_;
  Duration reorder_by_, duplicate_by_;
  std::uint64_t bulk_from_;
  bool fifo_;
  bool checksum_;
  bool measures_bytes_;
  std::unordered_map<std::uint64_t, Instant>
      last_arrival_;  // fifo: an ordered pair; never iterated
};

}  // namespace lockstep::sim
