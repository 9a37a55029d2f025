#include "sim/world/post.hpp"

#include <algorithm>

namespace lockstep::sim {

Duration draw_jitter(const Latency& latency, Random& random) {
  switch (latency.shape) {
    case Latency::Shape::constant: return Duration(0);
    case Latency::Shape::uniform: return random.between(Duration(0), latency.high - latency.low);
    case Latency::Shape::exponential: return random.exponential(latency.low);
    case Latency::Shape::lognormal: return random.lognormal(latency.low, latency.sigma_permille);
  }
  return Duration(0);
}

Duration draw_latency(const Latency& latency, Random& random) {
  const bool has_floor =
      latency.shape == Latency::Shape::constant || latency.shape == Latency::Shape::uniform;
  return (has_floor ? latency.low : Duration(0)) + draw_jitter(latency, random);
}

Post::Post(const Scenario& scenario, Fabric& fabric, std::uint64_t seed)
    : fabric_(&fabric),
      endpoints_{scenario.nodes, scenario.workload.clients},
      links_(endpoints_),
      random_(seed),
      latency_(scenario.network.latency),
      loss_(scenario.network.loss),
      duplicate_(scenario.network.duplicate),
      reorder_(scenario.network.reorder),
      reorder_by_(scenario.network.reorder_by),
      bulk_from_(scenario.network.bulk_from),
      fifo_(scenario.network.fifo),
      measures_bytes_(scenario.network.bandwidth.has_value() ||
                      !scenario.network.platform.empty()) {
  // On a platform of SimGrid the file says all about latency.
  if (!scenario.network.platform.empty()) latency_ = Latency{};
}

void Post::calm() { loss_ = duplicate_ = reorder_ = Ratio{}; }

Duration Post::lateness(std::uint32_t from, std::uint32_t to) {
  Duration late;
  if (latency_.shape != Latency::Shape::constant) late = draw_jitter(latency_, random_);
  if (!links_.untouched()) late = late + links_.extra(from, to);
  if (random_.chance(reorder_)) late = late + random_.between(Duration(0), reorder_by_);
  return late;
}

Instant Post::arrival(Instant now, std::uint32_t from, std::uint32_t to, const Route& route,
                      std::uint64_t bytes) {
  Instant at = now + route.latency + lateness(from, to);
  if (bytes != 0) at = at + transmission_time(bytes, route.bandwidth);
  if (fifo_) {
    Instant& last = last_arrival_[(std::uint64_t{from} << 32) | to];
    at = last = std::max(at, last);
  }
  return at;
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
  const Route route = fabric_->route(from, to);
  fate.flow = bytes >= bulk_from_ && route.bandwidth != 0;
  const auto copy = [&] {
    return fate.flow ? Copy{{}, lateness(from, to)}
                     : Copy{arrival(now, from, to, route, bytes), {}};
  };
  fate.copy = copy();
  if (random_.chance(duplicate_)) fate.duplicate = copy();
  return fate;
}

}  // namespace lockstep::sim
