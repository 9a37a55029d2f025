#include "sim/fabric/layout.hpp"

namespace lockstep::sim {
namespace {

// The part of the latency that every message meets; what varies is the world's.
Duration fixed_part(const Latency& latency) {
  switch (latency.shape) {
    case Latency::Shape::constant:
    case Latency::Shape::uniform: return latency.low;
    case Latency::Shape::exponential:
    case Latency::Shape::lognormal: return Duration(0);
  }
  return Duration(0);
}

}  // namespace

Layout::Layout(const Scenario& scenario)
    : endpoints_{scenario.nodes, scenario.workload.clients},
      bandwidth_(scenario.network.bandwidth.value_or(0)) {
  const Duration everywhere = fixed_part(scenario.network.latency);
  if (!scenario.network.regions) {
    one_way_ = {{everywhere}};
    placement_ = {0};
    return;
  }
  one_way_ = scenario.network.regions->one_way;
  for (auto& row : one_way_) {
    for (auto& latency : row) latency = latency + everywhere;
  }
  placement_ = scenario.network.regions->placement;
}

void Layout::throttle(std::uint32_t endpoint, std::uint64_t bandwidth) {
  if (throttles_.empty()) throttles_.resize(endpoints_.size());
  throttles_[endpoint] = bandwidth;
}

std::uint64_t Layout::throttled(std::uint64_t bandwidth, std::uint32_t from,
                                std::uint32_t to) const {
  if (throttles_.empty()) return bandwidth;
  for (const std::uint64_t limit : {throttles_[from], throttles_[to]}) {
    if (limit != 0 && (bandwidth == 0 || limit < bandwidth)) bandwidth = limit;
  }
  return bandwidth;
}

}  // namespace lockstep::sim
