// The control groups (version 2) that this process is counted in.
#pragma once

#include <string>
#include <vector>

namespace lockstep::node {

// Folders of limits and counts: the process's own group first, those above it, `groups` itself
// last. In a container that last one is the container's, and may have limits; a machine's has none.
[[nodiscard]] std::vector<std::string> control_groups(
    const std::string& membership = "/proc/self/cgroup",
    const std::string& groups = "/sys/fs/cgroup");

}  // namespace lockstep::node
