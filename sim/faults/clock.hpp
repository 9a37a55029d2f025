// Clock of one node: what its machine is told the time is. It starts with the world's time; faults
// let it jump and drift. What is told never goes back within an incarnation: after a jump back the
// machine's time stands still until the clock has caught up. Integers only.
#pragma once

#include <cstdint>

#include "core/base/time.hpp"

namespace lockstep::sim {

class NodeClock {
 public:
  // It shows the world's time, and always did: whoever has that need not ask.
  [[nodiscard]] bool plain() const { return plain_; }

  // What the machine is told at this instant of the world. REQUIRES: instants that never go back.
  Instant tell(Instant world);
  // The first instant of the world, not before `now`, at which the machine is told `time` or more.
  [[nodiscard]] Instant when(Instant time, Instant now) const;

  void jump(Instant world, Duration by);
  // So many millionths fast, or slow where negative; above -1'000'000.
  void drift(Instant world, std::int32_t ppm);
  // The next incarnation was told nothing yet.
  void restart() { told_ = Instant(); }

 private:
  [[nodiscard]] Instant shows(Instant world) const;
  void anchor(Instant world);

  bool plain_ = true;
  Instant world_;  // since then it runs evenly
  Instant shown_;  // what it showed then
  std::int32_t ppm_ = 0;
  Instant told_;
};

}  // namespace lockstep::sim
