// Datagrams: messages that are worth nothing later, over UDP.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/transport/seal.hpp"
#include "net/transport/shared.hpp"

namespace lockstep::net {

class Datagrams final : public std::enable_shared_from_this<Datagrams> {
 public:
  // Throws boost::system::system_error when that address is taken.
  Datagrams(Shared& shared, const asio::ip::tcp::endpoint& local);

  void start() { receive(); }
  void close();

  // False where the message is too large for a datagram, or no datagram gets from this socket to
  // that address. Nothing leaves before flush().
  bool push(Member& to, const asio::ip::tcp::endpoint& at, std::string_view message);
  void flush();

 private:
  struct Waiting {
    Member* to;
    asio::ip::udp::endpoint at;
    std::string bytes;
  };
  [[nodiscard]] std::optional<asio::ip::address> reached(const asio::ip::address& to) const;
  void receive();
  void receive_some();
  void received(std::string_view bytes, const asio::ip::udp::endpoint& from);

  Shared& shared_;
  const asio::ip::address own_;
  asio::ip::udp::socket socket_;
  bool closed_ = false;
  Datagram draft_;
  std::vector<Waiting> waiting_;
  std::array<char, 65536> buffer_;
};

}  // namespace lockstep::net
