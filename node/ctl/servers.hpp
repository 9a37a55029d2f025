// The members as the client machine wants them.
#pragma once

#include <vector>

#include "node/client/remote_client.hpp"
#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"

namespace lockstep::ctl {

// Throws Stop, as discover() does.
[[nodiscard]] inline std::vector<node::Server> members(const Common& common) {
  std::vector<node::Server> servers;
  for (const Known& known : discover(common)) {
    if (known.id != 0) servers.push_back({NodeId(known.id), known.place.host, known.place.port});
  }
  return servers;
}

[[nodiscard]] inline kv::ClientConfig client_config(const Common& common) {
  kv::ClientConfig config;
  config.timeout = common.timeout;
  return config;
}

}  // namespace lockstep::ctl
