// What an operator chooses about the advanced Bully election of a node (docs/election.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/advanced_bully/config.hpp"
#include "core/base/time.hpp"

namespace lockstep::node {

struct ElectionConfig {
  std::optional<quorum::Mode> mode;  // nothing: the node runs no election
  bool lan = false;                  // the profile: advanced_bully::lan(), or its defaults
  std::uint32_t f = 1;
  std::vector<quorum::Weight> weights;  // of members 1, 2, …; empty: 1.0 each
  std::string keys;                     // folder of everybody's public keys
  std::string secret;                   // file of this node's own
  bool predicts = true;
  // In place of the profile's.
  std::optional<Duration> heartbeat, timeout, answer_timeout, coordinator_timeout;
  std::optional<Duration> lease, lease_renewal, min_office, cool_down;
  std::optional<std::uint64_t> hysteresis;  // points
  std::optional<std::uint32_t> id_weight;   // points
};

// REQUIRES: a mode.
[[nodiscard]] advanced_bully::Config machine_config(const ElectionConfig& election,
                                                    const std::string& cluster);

}  // namespace lockstep::node
