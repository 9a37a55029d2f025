// Layout: where the endpoints of a scenario stand and what lies between them, for scenarios that do
// not name a platform file.
//
// Endpoints stand in regions (one region when the scenario names none). The route between two
// endpoints depends on their regions only; jitter is added by the world, message by message.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/fabric/fabric.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

class Layout {
 public:
  explicit Layout(const Scenario& scenario);
  [[nodiscard]] const Endpoints& endpoints() const { return endpoints_; }
  [[nodiscard]] std::size_t regions() const { return one_way_.size(); }
  [[nodiscard]] std::size_t region(std::uint32_t endpoint) const {
    return placement_[(endpoint < endpoints_.nodes ? endpoint : endpoint - endpoints_.nodes) %
                      placement_.size()];
  }
  [[nodiscard]] Duration one_way(std::size_t from, std::size_t to) const {
    return one_way_[from][to];
  }
  [[nodiscard]] std::uint64_t bandwidth() const { return bandwidth_; }

  void throttle(std::uint32_t endpoint, std::uint64_t bandwidth);
  // What the throttles of both ends leave of a route's bandwidth; 0: unlimited.
  [[nodiscard]] std::uint64_t throttled(std::uint64_t bandwidth, std::uint32_t from,
                                        std::uint32_t to) const;

 private:
  Endpoints endpoints_;
  std::vector<std::vector<Duration>> one_way_;
  std::vector<std::size_t> placement_;
  std::uint64_t bandwidth_;
  std::vector<std::uint64_t> throttles_;  // by endpoint, 0: none; empty until the first one
};

}  // namespace lockstep::sim
