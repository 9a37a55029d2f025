#include "net/transport/incoming.hpp"

#include <algorithm>
#include <stdexcept>

#include "net/address.hpp"

namespace lockstep::net {
namespace {

using asio::ip::tcp;

constexpr std::size_t most_strangers = 64;

}  // namespace

Incoming::Incoming(Shared& shared, std::function<void(NodeId)> met)
    : shared_(shared), met_(std::move(met)), acceptor_(shared.io), pause_(shared.io) {
  const Peer& self = shared.options.self;
  try {
    listen_at(acceptor_, shared.io, self.host.empty() ? "0.0.0.0" : self.host, self.port);
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("cannot listen for peers at " + address_text(self.host, self.port) +
                             ": " + error.code().message() +
                             "; free that address or configure another one");
  }
}

void Incoming::start() { accept(); }

void Incoming::close() {
  closed_ = true;
  ErrorCode ignored;  // of a socket that goes away either way
  acceptor_.close(ignored);
  pause_.cancel();
  for (const auto& stranger : strangers_) stranger->close();
  for (const auto& [id, member] : members_) member->close();
}

void Incoming::accept() {
  acceptor_.async_accept([self = shared_from_this()](const ErrorCode& error, tcp::socket socket) {
    if (self->closed_) return;
    if (!error) {
      self->accepted(std::move(socket));
      return self->accept();
    }
    // Out of files, most likely: the connection is still there when some are free.
    self->shared_.complain(nobody, to_text(self->local()),
                           {Level::error, "cannot accept a connection", error.message()});
    self->pause_.expires_after(std::chrono::milliseconds(100));
    self->pause_.async_wait([self](const ErrorCode& cancelled) {
      if (!cancelled && !self->closed_) self->accept();
    });
  });
}

void Incoming::accepted(tcp::socket socket) {
  ErrorCode gone;
  const std::string address = to_text(socket.remote_endpoint(gone));
  if (gone) return;
  if (strangers_.size() >= most_strangers) {
    // An honest handshake is over at once: the oldest one has had its chance.
    strangers_.front()->close("refused the oldest of many connections",
                              "too many wait for a handshake");
    strangers_.pop_front();
  }
  tune(socket);
  strangers_.push_back(
      std::make_shared<Visitor>(shared_, shared_.stream(std::move(socket)), address, *this));
  strangers_.back()->start();
}

std::optional<std::string> Incoming::admit(Visitor& visitor, const Hello& hello) {
  auto& place = members_[hello.from];
  if (place && place->incarnation() > hello.incarnation) {
    return "a later incarnation of node " + std::to_string(hello.from.value()) + " is connected";
  }
  if (place) place->close();
  place = take_stranger(visitor);
  met_(hello.from);
  return std::nullopt;
}

void Incoming::expel(NodeId peer, std::string reason) {
  const auto place = members_.find(peer);
  if (place == members_.end()) return;
  place->second->close("closed a connection", std::move(reason));
  members_.erase(place);
}

void Incoming::left(Visitor& visitor) {
  if (take_stranger(visitor)) return;
  const auto place = std::find_if(members_.begin(), members_.end(), [&visitor](const auto& member) {
    return member.second.get() == &visitor;
  });
  if (place != members_.end()) members_.erase(place);
}

std::shared_ptr<Visitor> Incoming::take_stranger(const Visitor& visitor) {
  const auto place = std::find_if(strangers_.begin(), strangers_.end(),
                                  [&](const auto& other) { return other.get() == &visitor; });
  if (place == strangers_.end()) return nullptr;
  auto taken = std::move(*place);
  strangers_.erase(place);
  return taken;
}

}  // namespace lockstep::net
