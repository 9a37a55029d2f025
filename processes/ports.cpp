#include "processes/ports.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace lockstep::processes {

Ports::Ports(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0) sockets_.push_back(descriptor);
    const int yes = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (descriptor < 0 || setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(descriptor, any, size) != 0 || getsockname(descriptor, any, &size) != 0) {
      const std::string why = std::strerror(errno);
      for (const int open : sockets_) close(open);
      throw std::runtime_error("cannot get a free port on 127.0.0.1: " + why);
    }
    ports_.push_back(ntohs(address.sin_port));
  }
}

Ports::~Ports() {
  for (const int open : sockets_) close(open);
}

}  // namespace lockstep::processes
