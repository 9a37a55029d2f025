// The rules of the Bully election (Garcia-Molina, 1982) for quiet times: no fault, and no message
// lost, for as long as an election may take. While an election runs none of them needs to hold.
#pragma once

#include <vector>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "sim/check/history.hpp"

namespace lockstep::sim {

// Whom a live node takes for the coordinator, itself included; nobody while it knows none.
struct BullyMember {
  NodeId node;
  NodeId coordinator;
};

struct BullyView {
  // The live nodes, in groups of those that reach one another. Groups are not empty.
  std::vector<std::vector<BullyMember>> groups;
};

class BullyRules {
 public:
  // Every rule that does not hold, once a group; in quiet times that is none.
  [[nodiscard]] std::vector<Violation> check_quiet(const BullyView& view, Instant now = {}) const;
};

}  // namespace lockstep::sim
