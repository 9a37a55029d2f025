// How a server of each kind is started, and asked whether it leads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "processes/bench/kind.hpp"
#include "processes/child.hpp"

namespace lockstep::processes {

// A cluster on 127.0.0.1; the vectors have one port for each server.
struct Layout {
  std::string folder;                                    // of data, configuration and logs; exists
  std::vector<std::uint16_t> peers, elections, clients;  // elections: ZooKeeper's only
};

[[nodiscard]] bool is_installed(Kind kind);
// The server at `place`, to be started for the first time or again.
[[nodiscard]] Program server_of(Kind kind, const Layout& layout, std::size_t place);
// False as well when nobody answers within a second.
[[nodiscard]] bool leads(Kind kind, std::uint16_t client_port);

// GET, or POST where there is a body. Empty when there was no 200 within a second.
[[nodiscard]] std::string fetch(std::uint16_t port, const std::string& target,
                                const std::string& body = {});

}  // namespace lockstep::processes
