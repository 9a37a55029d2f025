// How traces, stories and pages call a process: "n1" for a node, "c1" for a client, "-" for nobody.
#pragma once

#include <string>

#include "core/base/strong.hpp"

namespace lockstep::sim {

[[nodiscard]] inline std::string node_name(NodeId id) {
  if (id == nobody) return "-";
  return is_client(id) ? "c" + std::to_string(id.value() - client_base)
                       : "n" + std::to_string(id.value());
}

}  // namespace lockstep::sim
