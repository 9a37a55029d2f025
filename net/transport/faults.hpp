// LinkFaults: what a test or an operator has done to the links of this node, by peer and direction.
// The transport asks it about every message, after it was received and before it is sent.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "core/base/ratio.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep::net {

enum class Direction : std::uint8_t { in, out };

struct LinkFault {
  bool cut = false;
  Duration delay;
  Ratio drop, duplicate;
  friend bool operator==(const LinkFault&, const LinkFault&) = default;
};

class LinkFaults {
 public:
  void set(NodeId peer, Direction direction, const LinkFault& fault) {
    if (fault == LinkFault{}) {
      faults_.erase({peer, direction});
    } else {
      faults_[{peer, direction}] = fault;
    }
  }
  void clear() { faults_.clear(); }
  [[nodiscard]] bool untouched() const { return faults_.empty(); }
  [[nodiscard]] LinkFault at(NodeId peer, Direction direction) const {
    const auto found = faults_.find({peer, direction});
    return found == faults_.end() ? LinkFault{} : found->second;
  }
  [[nodiscard]] const std::map<std::pair<NodeId, Direction>, LinkFault>& all() const {
    return faults_;
  }

 private:
  std::map<std::pair<NodeId, Direction>, LinkFault> faults_;
};

}  // namespace lockstep::net
