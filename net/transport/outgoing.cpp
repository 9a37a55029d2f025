#include "net/transport/outgoing.hpp"

#include <algorithm>

#include "net/address.hpp"

namespace lockstep::net {
namespace {

// A datagram that would wait behind more than this is too late to be worth sending.
constexpr std::size_t prompt_bytes = 1024 * 1024;

}  // namespace

Outgoing::Outgoing(Shared& shared, Member& member)
    : shared_(shared),
      member_(member),
      outbox_(shared.options.queue_bytes),
      random_(mix_seed(shared.options.self.id.value(), shared.options.incarnation, 1,
                       member.peer.id.value())),
      patience_(shared.options.retry_low) {
  dial({});
}

Outgoing::~Outgoing() { dial_->close(); }

void Outgoing::push(Channel channel, std::string_view message) {
  std::uint64_t& dropped = member_.status.dropped_messages;
  if (message.size() > shared_.options.largest_message) {
    ++dropped;
    return shared_.complain(member_.peer.id, member_.peer.host,
                            {Level::error, "dropped a message that is too large",
                             std::to_string(message.size()) + " bytes; the largest is " +
                                 std::to_string(shared_.options.largest_message)});
  }
  if (channel == Channel::datagram && (!dial_->connected() || outbox_.bytes() > prompt_bytes)) {
    ++dropped;
    return;
  }
  dropped += outbox_.push(message);
}

std::optional<asio::ip::tcp::endpoint> Outgoing::endpoint() const {
  if (!dial_->connected()) return std::nullopt;
  return dial_->remote();
}

void Outgoing::connected() {
  member_.status.connected = true;
  ++member_.status.connects;
  patience_ = shared_.options.retry_low;
  shared_.log.info("connected to a peer",
                   {{"peer", member_.peer.id}, {"address", to_text(dial_->remote())}});
  flush();
}

void Outgoing::lost(Complaint why) {
  member_.status.connected = false;
  shared_.complain(member_.peer.id, address_text(member_.peer.host, member_.peer.port), why);
  dial(random_.between(patience_ / 2, patience_));
  patience_ = std::min(patience_ * 2, shared_.options.retry_high);
}

void Outgoing::hurry() {
  if (!dial_->waiting()) return;
  patience_ = shared_.options.retry_low;
  dial_->close();
  dial({});
}

void Outgoing::dial(Duration after) {
  dial_ = std::make_shared<Dial>(shared_, member_.peer, *this);
  dial_->start(after);
}

}  // namespace lockstep::net
