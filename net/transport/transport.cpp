#include "net/transport/transport.hpp"

#include <stdexcept>

#include "core/base/check.hpp"
#include "core/wire/frame.hpp"
#include "net/transport/datagrams.hpp"
#include "net/transport/incoming.hpp"
#include "net/transport/outgoing.hpp"
#include "net/transport/shared.hpp"

namespace lockstep::net {

class Transport::Impl {
 public:
  Impl(asio::io_context& io, TransportOptions options, Deliver deliver, Log& log)
      : shared_(io, std::move(options), std::move(deliver), log,
                [this](const Passage& passage, std::string_view message, Links::When when) {
                  passed(passage, message, when);
                }) {
    listen();
    for (Member& member : shared_.members) {
      outgoing_.push_back(std::make_unique<Outgoing>(shared_, member));
    }
    incoming_->start();
    if (datagrams_) datagrams_->start();
  }
  ~Impl() {
    incoming_->close();
    if (datagrams_) datagrams_->close();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void send(NodeId to, Channel channel, std::string_view message) {
    if (shared_.links.faults.untouched()) [[likely]] {
      leave(outgoing_to(to), channel, message);
    } else {
      check(shared_.find(to) != nullptr, "a message is for a peer");
      shared_.links.carry({to, Direction::out, channel}, message);
    }
  }
  void flush() {
    if (datagrams_) datagrams_->flush();
    for (const auto& outgoing : outgoing_) outgoing->flush();
  }
  LinkFaults& faults() { return shared_.links.faults; }
  [[nodiscard]] std::vector<PeerStatus> status() const {
    std::vector<PeerStatus> all;
    for (const auto& outgoing : outgoing_) {
      all.push_back(outgoing->member().status);
      all.back().queued_bytes = outgoing->queued_bytes();
    }
    return all;
  }
  [[nodiscard]] std::uint16_t port() const { return incoming_->local().port(); }

 private:
  // For port 0 TCP gets a free port, which UDP may find taken.
  void listen() {
    for (int attempts = shared_.options.self.port == 0 ? 10 : 1;; --attempts) {
      incoming_ =
          std::make_shared<Incoming>(shared_, [this](NodeId peer) { outgoing_to(peer).hurry(); });
      if (!shared_.options.datagrams) return;
      try {
        datagrams_ = std::make_shared<Datagrams>(shared_, incoming_->local());
        return;
      } catch (const boost::system::system_error& error) {
        if (attempts > 1) continue;
        throw std::runtime_error("cannot receive datagrams at " + to_text(incoming_->local()) +
                                 ": " + error.code().message() +
                                 "; free that UDP port or configure another one");
      }
    }
  }

  Outgoing& outgoing_to(NodeId id) {
    const Member* member = shared_.find(id);
    check(member != nullptr, "a message is for a peer");
    return *outgoing_[static_cast<std::size_t>(member - shared_.members.data())];
  }

  void leave(Outgoing& to, Channel channel, std::string_view message) {
    if (channel == Channel::datagram && datagrams_) {
      if (const auto at = to.endpoint(); at && datagrams_->push(to.member(), *at, message)) return;
    }
    // Away, or too large for one: the stream's queue decides.
    to.push(channel, message);
  }

  void passed(const Passage& passage, std::string_view message, Links::When when) {
    if (passage.direction == Direction::in) {
      if (shared_.deliver(passage.peer, message) || passage.channel == Channel::datagram) return;
      return incoming_->expel(passage.peer, std::string(not_a_message));
    }
    Outgoing& to = outgoing_to(passage.peer);
    leave(to, passage.channel, message);
    if (when == Links::When::at_once) return;
    if (datagrams_) datagrams_->flush();
    to.flush();
  }

  Shared shared_;
  std::shared_ptr<Incoming> incoming_;
  std::shared_ptr<Datagrams> datagrams_;             // null without them
  std::vector<std::unique_ptr<Outgoing>> outgoing_;  // one a member, in their order
};

Transport::Transport(asio::io_context& io, TransportOptions options, Deliver deliver, Log& log) {
  check(options.cluster.size() <= 255, "a cluster's name has at most 255 bytes");
  check(options.largest_message <= wire::largest_payload, "the largest message fits into a frame");
  check(!options.datagrams || !options.datagram_key.empty(), "datagrams have a key");
  impl_ = std::make_shared<Impl>(io, std::move(options), std::move(deliver), log);
}

Transport::~Transport() = default;

void Transport::send(NodeId to, Channel channel, std::string_view message) {
  impl_->send(to, channel, message);
}
void Transport::flush() { impl_->flush(); }
LinkFaults& Transport::faults() { return impl_->faults(); }
std::vector<PeerStatus> Transport::status() const { return impl_->status(); }
std::uint16_t Transport::port() const { return impl_->port(); }

}  // namespace lockstep::net
