// One server of a ZooKeeper ensemble on this machine: how it is configured, started and asked.
//
// ZooKeeper is Debian's package `zookeeper` and is looked for when the bench runs. It runs as it
// does by default: every write is forced to the disk (forceSync), the JVM chooses its own heap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "processes/child.hpp"

namespace lockstep::processes::zookeeper {

struct Member {
  std::uint16_t peer = 0, election = 0, client = 0;  // ports on 127.0.0.1
};

[[nodiscard]] bool is_installed();

// zoo.cfg of the member at `place`; `data` is an absolute path.
[[nodiscard]] std::string configuration(const std::vector<Member>& members, std::size_t place,
                                        const std::string& data);

// Writes the configuration and the id of the member at `place` below `folder`, which exists; the
// program's environment and output are the caller's to set.
[[nodiscard]] Program server(const std::string& folder, const std::vector<Member>& members,
                             std::size_t place);

// Asks with the word `srvr`. False as well when nobody answers within a second.
[[nodiscard]] bool leads(std::uint16_t client_port);
// By what was answered. One of one server, "standalone", does not count.
[[nodiscard]] bool says_it_leads(std::string_view srvr);

}  // namespace lockstep::processes::zookeeper
