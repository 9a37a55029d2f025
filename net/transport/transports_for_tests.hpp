// For tests: several transports in one thread on free ports of the loopback
// address, and a raw connection that sends what it likes.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/transport/handshake.hpp"
#include "net/transport/notes_for_tests.hpp"
#include "net/transport/transport.hpp"

namespace lockstep::net {

inline std::vector<std::uint16_t> free_ports(std::size_t count) {
  asio::io_context io;
  std::vector<asio::ip::tcp::acceptor> taken;
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i < count; ++i) {
    taken.emplace_back(io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    ports.push_back(taken.back().local_endpoint().port());
  }
  return ports;
}

// Members 1 to n; nobody runs before start().
class Members {
 public:
  using Change = std::function<void(TransportOptions&)>;

  explicit Members(std::size_t count, Change change = {})
      : ports(free_ports(count)), change_(std::move(change)) {}

  Transport& start(std::uint32_t id, std::uint64_t incarnation = 1) {
    auto deliver = [this, id](NodeId from, std::string_view message) {
      got[id].emplace_back(from.value(), message);
      return message.find("no message") == std::string_view::npos;
    };
    running_[id] = std::make_unique<Transport>(io, options(id, incarnation), deliver, logs[id]);
    return *running_[id];
  }
  void stop(std::uint32_t id) { running_.erase(id); }
  [[nodiscard]] Transport& at(std::uint32_t id) { return *running_.at(id); }
  // Whether it came true in time.
  bool until(const std::function<bool()>& true_now, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!true_now()) {
      if (std::chrono::steady_clock::now() > end) return false;
      if (io.stopped()) io.restart();
      io.run_one_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  bool until(const std::function<bool()>& true_now) {
    return until(true_now, std::chrono::seconds(10));
  }
  [[nodiscard]] PeerStatus status(std::uint32_t id, std::uint32_t of) {
    for (const PeerStatus& one : at(id).status()) {
      if (one.id == NodeId(of)) return one;
    }
    return {};
  }
  bool connected(std::uint32_t from, std::uint32_t to) {
    return until([&] { return status(from, to).connected; });
  }
  void send(std::uint32_t from, std::uint32_t to, std::string_view message,
            Channel channel = Channel::reliable) {
    at(from).send(NodeId(to), channel, message);
    at(from).flush();
  }
  [[nodiscard]] TransportOptions options(std::uint32_t id, std::uint64_t incarnation) const {
    TransportOptions made;
    made.cluster = "blue";
    made.incarnation = incarnation;
    made.retry_low = milliseconds(5);
    made.retry_high = milliseconds(50);
    for (std::uint32_t other = 1; other <= ports.size(); ++other) {
      const Peer peer{NodeId(other), "127.0.0.1", ports[other - 1]};
      if (other == id) {
        made.self = peer;
      } else {
        made.peers.push_back(peer);
      }
    }
    if (change_) change_(made);
    return made;
  }

  asio::io_context io{1};
  std::vector<std::uint16_t> ports;
  std::map<std::uint32_t, Notes> logs;
  std::map<std::uint32_t, std::vector<std::pair<std::uint32_t, std::string>>> got;

 private:
  Change change_;
  std::map<std::uint32_t, std::unique_ptr<Transport>> running_;
};

// Blocks where a connection on the loopback address does not.
class RawPeer {
 public:
  RawPeer(Members& members, std::uint32_t to) : members_(members), socket_(members.io) {
    socket_.connect({asio::ip::address_v4::loopback(), members.ports[to - 1]});
    socket_.non_blocking(true);
  }
  void send(std::string_view bytes) {
    ErrorCode closed;  // by the other side, which is often the point
    asio::write(socket_, asio::buffer(bytes.data(), bytes.size()), closed);
  }
  // Everything up to the end of the connection; nothing if that does not come in time.
  std::optional<std::string> rest() {
    if (!members_.until([this] { return read() != asio::error::would_block; })) return std::nullopt;
    return read_;
  }
  bool reads(std::size_t bytes) {
    return members_.until(
        [&] { return read() != asio::error::would_block || read_.size() >= bytes; });
  }
  asio::ip::tcp::socket& socket() { return socket_; }

 private:
  ErrorCode read() {
    ErrorCode error;
    for (char buffer[4096]; !error;) {
      read_.append(buffer, socket_.read_some(asio::buffer(buffer), error));
    }
    return error;
  }
  Members& members_;
  asio::ip::tcp::socket socket_;
  std::string read_;
};

}  // namespace lockstep::net
