// Opens a WebSocket on a connection whose request asked for one.
#pragma once

#include <memory>

#include "net/http/service.hpp"

namespace lockstep::net {

// Answers the handshake; Service::opened is told when that succeeded.
void open_stream(std::shared_ptr<Service> service, Socket socket, HttpRequest request);

}  // namespace lockstep::net
