// HOST:PORT as people write it, and a socket that listens there.
#pragma once

#include <cstdint>
#include <string>

#include "net/asio.hpp"

namespace lockstep::net {

// "10.0.0.1:7000", "node-1.example:7000", and an IPv6 address in brackets: "[::1]:7000".
[[nodiscard]] inline std::string address_text(const std::string& host, std::uint16_t port) {
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// Opens `acceptor`, which is closed, at an address or a name of this machine. Of the addresses of a
// name the first one is taken that the machine has: "localhost" may stand for ::1 as well where
// there is no IPv6. Throws boost::system::system_error.
template <class Acceptor>
void listen_at(Acceptor& acceptor, asio::io_context& io, const std::string& host,
               std::uint16_t port) {
  using asio::ip::tcp;
  const auto open = [&](const tcp::endpoint& at, ErrorCode& error) {
    acceptor.open(at.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(at, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    ErrorCode ignored;  // the first error is the one that counts
    if (error) acceptor.close(ignored);
  };
  ErrorCode error;
  const auto address = asio::ip::make_address(host, error);
  if (!error) {
    open({address, port}, error);
  } else {
    for (const auto& found : tcp::resolver(io).resolve(
             host, std::to_string(port), tcp::resolver::passive | tcp::resolver::numeric_service)) {
      open(found.endpoint(), error);
      if (error != asio::error::address_family_not_supported &&
          error != boost::system::errc::address_not_available)
        break;
    }
  }
  if (error) throw boost::system::system_error(error);
}

}  // namespace lockstep::net
