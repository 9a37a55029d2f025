// Incoming: the listening socket and the connections accepted on it; one a peer.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "net/transport/shared.hpp"
#include "net/transport/visitor.hpp"

namespace lockstep::net {

class Incoming final : public Visitor::Host, public std::enable_shared_from_this<Incoming> {
 public:
  // Throws std::runtime_error when it cannot listen there.
  // `met` is told of every peer that connects.
  Incoming(Shared& shared, std::function<void(NodeId)> met);

  void start();
  void close();
  // Ends that peer's connection, if there is one.
  void expel(NodeId peer, std::string reason);
  [[nodiscard]] asio::ip::tcp::endpoint local() const { return acceptor_.local_endpoint(); }

  std::optional<std::string> admit(Visitor& visitor, const Hello& hello) override;
  void left(Visitor& visitor) override;

 private:
  void accept();
  void accepted(asio::ip::tcp::socket socket);
  std::shared_ptr<Visitor> take_stranger(const Visitor& visitor);

  Shared& shared_;
  std::function<void(NodeId)> met_;
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  bool closed_ = false;
  std::deque<std::shared_ptr<Visitor>> strangers_;  // oldest first; no handshake yet
  std::map<NodeId, std::shared_ptr<Visitor>> members_;
};

}  // namespace lockstep::net
