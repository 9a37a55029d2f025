#include "sim/world/post.hpp"

#include <algorithm>

#include "sim/world/purpose.hpp"

namespace lockstep::sim {
namespace {

bool is_throttled(const Scenario& scenario) {
  return std::any_of(scenario.faults.begin(), scenario.faults.end(), [](const Fault& fault) {
    return std::holds_alternative<Throttle>(fault.action);
  });
}

}  // namespace

Post::Post(const Scenario& scenario, Fabric& fabric, std::uint64_t seed)
    : fabric_(&fabric),
      endpoints_{scenario.nodes, scenario.workload.clients},
      links_(endpoints_),
      bursts_(endpoints_),
      random_(seed),
      burst_random_(mix_seed(seed, static_cast<std::uint64_t>(Purpose::bursts))),
      latency_(scenario.network.latency),
      loss_(scenario.network.loss),
      duplicate_(scenario.network.duplicate),
      reorder_(scenario.network.reorder),
      reorder_by_(scenario.network.reorder_by),
      duplicate_by_(scenario.network.duplicate_by),
      bulk_from_(scenario.network.bulk_from),
      fifo_(scenario.network.fifo),
      checksum_(scenario.network.checksum),
      measures_bytes_(scenario.network.bandwidth.has_value() ||
                      !scenario.network.platform.empty() || is_throttled(scenario)) {
  // On a platform of SimGrid the file says all about latency.
  if (!scenario.network.platform.empty()) latency_ = Latency{};
}

void Post::calm() {
  loss_ = duplicate_ = reorder_ = Ratio{};
  bursts_.clear();
}

Duration Post::lateness(std::uint32_t from, std::uint32_t to) {
  Duration late;
  if (latency_.shape != Latency::Shape::constant) late = draw_jitter(latency_, random_);
  if (!links_.untouched()) late = late + links_.extra(from, to);
  if (random_.chance(reorder_)) late = late + random_.between(Duration(0), reorder_by_);
  if (!bursts_.none()) late = late + bursts_.late(from, to, burst_random_);
  return late;
}

Instant Post::arrival(Instant now, std::uint32_t from, std::uint32_t to, const Route& route,
                      std::uint64_t bytes) {
  Instant at = now + route.latency + lateness(from, to);
  if (bytes != 0) at = at + transmission_time(bytes, route.bandwidth);
  return sent_on(now, from, to, at - now);
}

Instant Post::sent_on(Instant now, std::uint32_t from, std::uint32_t to, Duration way) {
  const Instant at = now + way;
  if (!fifo_) return at;
  Instant& last = last_arrival_[(std::uint64_t{from} << 32) | to];
  return last = std::max(at, last);
}

Post::Fate Post::dispatch(Instant now, std::uint32_t from, std::uint32_t to, std::uint64_t bytes) {
  Fate fate;
  if (is_cut(from, to)) {
    fate.lost = "cut";
    return fate;
  }
  if (random_.chance(loss_)) {
    fate.lost = "loss";
    return fate;
  }
  const bool calm = bursts_.none();
  const auto hit = [&](Burst::Kind kind) {
    return !calm && bursts_.hits(kind, from, to, burst_random_);
  };
  if (hit(Burst::Kind::lose)) {
    fate.lost = "loss";
    return fate;
  }
  if (hit(Burst::Kind::corrupt)) {
    if (checksum_) {
      fate.lost = "corrupt";
      return fate;
    }
    fate.damage = burst_random_.next();
  }
  fate.clogged = !links_.untouched() && links_.is_clogged(from, to);
  const Route route = fabric_->route(from, to);
  fate.flow = bytes >= bulk_from_ && route.bandwidth != 0;
  const auto copy = [&] {
    return fate.flow ? Copy{{}, lateness(from, to)}
                     : Copy{arrival(now, from, to, route, bytes), {}};
  };
  fate.copy = copy();
  if (!random_.chance(duplicate_) && !hit(Burst::Kind::duplicate)) return fate;
  fate.duplicate = copy();
  if (duplicate_by_ > Duration(0)) {
    const Duration late = random_.between(Duration(0), duplicate_by_);
    fate.duplicate->arrives = fate.duplicate->arrives + late;
    fate.duplicate->late = fate.duplicate->late + late;
  }
  return fate;
}

}  // namespace lockstep::sim
