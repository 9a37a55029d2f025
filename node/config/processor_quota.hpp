// Whether somebody counts this process's processor time.
#pragma once

#include <string>

namespace lockstep::node {

// True in a control group (version 2) that has, or stands below one that has, a quota (cpu.max):
// who uses it up is stopped until the next period, for longer than an election may take. False
// where nothing can be read. The paths are for tests.
[[nodiscard]] bool has_processor_quota(const std::string& membership = "/proc/self/cgroup",
                                       const std::string& groups = "/sys/fs/cgroup");

}  // namespace lockstep::node
