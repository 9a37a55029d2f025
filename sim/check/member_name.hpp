// How a violation calls a node: "n3", "nobody".
#pragma once

#include <string>

#include "core/base/strong.hpp"

namespace lockstep::sim {

[[nodiscard]] inline std::string member_name(NodeId node) {
  return node == nobody ? "nobody" : "n" + std::to_string(node.value());
}

}  // namespace lockstep::sim
