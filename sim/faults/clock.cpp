#include "sim/faults/clock.hpp"

#include <algorithm>

#include "core/base/check.hpp"

namespace lockstep::sim {
namespace {

constexpr std::int64_t million = 1'000'000;
constexpr Instant far(1'000'000'000'000'000'000);  // 31 years; jumps add up to no more

}  // namespace

// Rounded down to a nanosecond.
Instant NodeClock::shows(Instant world) const {
  const std::int64_t passed = (world - world_).ns();
  const std::int64_t rest = passed % million * ppm_;
  const std::int64_t below = rest < 0 && rest % million != 0 ? 1 : 0;
  return shown_ + Duration(passed + passed / million * ppm_ + rest / million - below);
}

void NodeClock::anchor(Instant world) {
  if (plain_) told_ = world;  // or less; nobody wrote it down
  shown_ = shows(world);
  world_ = world;
  plain_ = false;
}

Instant NodeClock::tell(Instant world) { return told_ = std::max(told_, shows(world)); }

Instant NodeClock::when(Instant time, Instant now) const {
  const std::int64_t wanted = (time - shown_).ns();
  if (time <= told_ || wanted <= 0) return now;
  const std::int64_t speed = million + ppm_;
  const std::int64_t rest = wanted % speed * million;
  return std::max(now, world_ + Duration(wanted / speed * million + (rest + speed - 1) / speed));
}

void NodeClock::jump(Instant world, Duration by) {
  anchor(world);
  shown_ = std::clamp(shown_ + by, Instant() - far.since_start(), far);
}

void NodeClock::drift(Instant world, std::int32_t ppm) {
  check(ppm > -million, "a clock goes on");
  anchor(world);
  ppm_ = ppm;
}

}  // namespace lockstep::sim
