// Trails: the audit trails of a cluster, as its nodes tell them while they run (GET
// /v1/election/events) and as they stand in their databases at the end. What was told is durable:
// it is never told otherwise, nor found otherwise.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "processes/reports.hpp"
#include "sim/check/history.hpp"

namespace lockstep::processes {

class Trails {
 public:
  explicit Trails(std::uint32_t nodes) : told_(nodes) {}

  void told(NodeEvent event);
  // The newest epoch in which the node knew of a leader, by what it told.
  [[nodiscard]] std::uint64_t newest_epoch(std::uint32_t node) const;

  // Checks a node's database and takes from it what the node had no time to tell. `read` makes an
  // event of its JSON, as GET /v1/election/events has it, and its instant by the node's own clock.
  using Read = std::function<NodeEvent(const std::string& json, Instant at)>;
  void look_at(std::uint32_t node, const std::string& database, Instant ended, const Read& read);

  // Of each node in order.
  [[nodiscard]] std::vector<NodeEvent> all() const;
  [[nodiscard]] const std::vector<sim::Violation>& violations() const { return violations_; }

 private:
  void broken(std::uint32_t node, Instant at, const std::string& why);

  std::vector<std::map<std::uint64_t, NodeEvent>> told_;  // of each node, by number
  std::vector<sim::Violation> violations_;
};

}  // namespace lockstep::processes
