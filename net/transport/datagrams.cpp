#include "net/transport/datagrams.hpp"

#include <utility>

namespace lockstep::net {
namespace {

using asio::ip::udp;

}  // namespace

Datagrams::Datagrams(Shared& shared, const asio::ip::tcp::endpoint& local)
    : shared_(shared),
      own_(local.address()),
      socket_(shared.io, udp::endpoint(local.address(), local.port())) {
  socket_.non_blocking(true);
  draft_.cluster = shared.options.cluster;
  draft_.from = shared.options.self.id;
  draft_.incarnation = shared.options.incarnation;
}

void Datagrams::close() {
  closed_ = true;
  ErrorCode ignored;  // of a socket that goes away either way
  socket_.close(ignored);
}

// Where a socket of this address sends to that one; nothing if it cannot.
std::optional<asio::ip::address> Datagrams::reached(const asio::ip::address& to) const {
  if (own_.is_v4() == to.is_v4()) return to;
  // One that is bound to every address speaks IPv4 as well, written as IPv6.
  if (own_ == asio::ip::address_v6::any())
    return asio::ip::make_address_v6(asio::ip::v4_mapped, to.to_v4());
  return std::nullopt;
}

bool Datagrams::push(Member& to, const asio::ip::tcp::endpoint& at, std::string_view message) {
  const auto address = reached(at.address());
  if (!address) return false;
  draft_.to = to.peer.id;
  fill(draft_, message, shared_.options.compress_above);
  std::string bytes = seal(draft_, shared_.options.datagram_key);
  if (bytes.size() > largest_datagram) return false;
  waiting_.push_back({&to, udp::endpoint(*address, at.port()), std::move(bytes)});
  return true;
}

void Datagrams::flush() {
  for (const Waiting& one : waiting_) {
    ErrorCode error;
    socket_.send_to(asio::buffer(one.bytes), one.at, 0, error);
    if (error) {
      ++one.to->status.dropped_messages;
      shared_.complain(one.to->peer.id, one.at.address().to_string(),
                       {Level::info, "cannot send a datagram", error.message()});
    } else {
      ++one.to->status.sent_messages;
      one.to->status.sent_bytes += one.bytes.size();
    }
  }
  waiting_.clear();
}

void Datagrams::receive() {
  socket_.async_wait(udp::socket::wait_read, [self = shared_from_this()](const ErrorCode& error) {
    if (self->closed_ || error) return;
    self->receive_some();
    if (!self->closed_) self->receive();
  });
}

// A batch, so that a flood of datagrams leaves room for everything else.
void Datagrams::receive_some() {
  for (int batch = 64; batch > 0 && !closed_; --batch) {
    udp::endpoint from;
    ErrorCode error;
    const std::size_t size = socket_.receive_from(asio::buffer(buffer_), from, 0, error);
    if (error == asio::error::would_block) return;
    // An ICMP message about a datagram sent earlier comes back as an error here: no bytes, no harm.
    if (!error) received({buffer_.data(), size}, from);
  }
}

void Datagrams::received(std::string_view bytes, const udp::endpoint& from) {
  const auto drop = [&](NodeId claimed, std::string reason) {
    const asio::ip::tcp::endpoint shown(from.address(), from.port());
    shared_.complain(claimed, to_text(shown),
                     {Level::warning, "dropped a datagram", std::move(reason)});
  };
  auto datagram = unseal(bytes, shared_.options.datagram_key);
  if (!datagram) return drop(nobody, "it is not sealed with this cluster's key");
  const NodeId claimed = datagram->from;
  Member* const member = shared_.find(claimed);
  if (datagram->cluster != shared_.options.cluster || datagram->to != shared_.options.self.id ||
      member == nullptr) {
    return drop(claimed, "it is meant for another node or cluster");
  }
  if (datagram->incarnation < member->incarnation) {
    return drop(claimed, "it is from an earlier incarnation");
  }
  const auto message = message_of(std::move(*datagram), shared_.options.largest_message);
  if (!message) return drop(claimed, "it does not unpack to what it says");
  if (!shared_.received(*member, Channel::datagram, *message)) {
    drop(claimed, std::string(not_a_message));
  }
}

}  // namespace lockstep::net
