// Tells the service manager how this process is (sd_notify(3)), without libsystemd.
#pragma once

#include <string_view>

namespace lockstep::node {

// "READY=1", "STOPPING=1", "STATUS=leader of term 4". Sent at once or not at all, so that a node is
// never held up. True as well where there is no service manager (no NOTIFY_SOCKET); false, with
// errno, where it could not be told.
bool tell_systemd(std::string_view state);

}  // namespace lockstep::node
