// What an auditor is told of other nodes: silent, failed, back, or caught at a lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/epoch.hpp"
#include "core/base/hash.hpp"
#include "core/base/strong.hpp"

namespace lockstep::audit {

struct HeartbeatMissed {
  NodeId node;
  std::uint32_t in_a_row = 1;  // >= 1
  static constexpr std::string_view name = "heartbeat_missed";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("node", self.node);
    visit("in_a_row", self.in_a_row);
  }
  friend bool operator==(const HeartbeatMissed&, const HeartbeatMissed&) = default;
};

// Taken for dead; no time-out can tell that from slowness.
struct NodeFailed {
  NodeId node;
  static constexpr std::string_view name = "node_failed";
  static constexpr void fields(auto& self, auto&& visit) { visit("node", self.node); }
  friend bool operator==(const NodeFailed&, const NodeFailed&) = default;
};

struct NodeRecovered {
  NodeId node;
  static constexpr std::string_view name = "node_recovered";
  static constexpr void fields(auto& self, auto&& visit) { visit("node", self.node); }
  friend bool operator==(const NodeRecovered&, const NodeRecovered&) = default;
};

struct ByzantineDetected {
  static constexpr std::size_t longest_offence = 64;  // bytes

  Epoch epoch;
  NodeId culprit;
  std::string offence;  // its name, such as "two_votes"
  Hash evidence{};      // of the evidence as it is on the wire; zero: there is none to show
  static constexpr std::string_view name = "byzantine_detected";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("epoch", self.epoch);
    visit("culprit", self.culprit);
    visit("offence", self.offence);
    visit("evidence", self.evidence);
  }
  friend bool operator==(const ByzantineDetected&, const ByzantineDetected&) = default;
};

}  // namespace lockstep::audit
