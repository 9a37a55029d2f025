#include "net/transport/shared.hpp"

#include <algorithm>

#include "core/base/check.hpp"
#include "net/address.hpp"

namespace lockstep::net {

Shared::Shared(asio::io_context& context, TransportOptions given, Transport::Deliver deliver,
               Log& to, Links::Pass pass)
    : io(context),
      options(std::move(given)),
      log(to),
      links(context, mix_seed(options.self.id.value(), options.incarnation, 2), options.queue_bytes,
            std::move(pass)),
      deliver_(std::move(deliver)) {
  for (const Peer& peer : options.peers) members.push_back({peer, {.id = peer.id}});
  std::sort(members.begin(), members.end(),
            [](const Member& a, const Member& b) { return a.peer.id < b.peer.id; });
  for (std::size_t i = 0; i < members.size(); ++i) {
    check(members[i].peer.id != options.self.id, "a node is no peer of itself");
    check(i == 0 || members[i - 1].peer.id < members[i].peer.id, "a peer stands once in the list");
  }
  if (options.tls) tls_ = std::make_unique<Tls>(*options.tls);
}

Member* Shared::find(NodeId id) {
  const auto found =
      std::lower_bound(members.begin(), members.end(), id,
                       [](const Member& member, NodeId wanted) { return member.peer.id < wanted; });
  return found != members.end() && found->peer.id == id ? &*found : nullptr;
}

std::unique_ptr<Stream> Shared::stream(asio::ip::tcp::socket socket) {
  return tls_ ? tls_->stream(std::move(socket)) : plain_stream(std::move(socket));
}

bool Shared::received(Member& from, Channel channel, std::string_view message) {
  ++from.status.received_messages;
  from.status.received_bytes += message.size();
  if (links.faults.untouched()) [[likely]] {
    return deliver(from.peer.id, message);
  }
  links.carry({from.peer.id, Direction::in, channel}, message);
  return true;
}

void Shared::complain(NodeId peer, const std::string& address, const Complaint& complaint) {
  // Strangers may call themselves anything; they share one place here.
  const NodeId known = find(peer) != nullptr ? peer : nobody;
  const auto at = std::chrono::steady_clock::now();
  const auto [place, first] = said_.try_emplace({known, complaint.kind}, at);
  if (!first && at - place->second < complaint.silence) return;
  place->second = at;
  std::vector<Field> fields{{"address", address}, {"reason", complaint.reason}};
  if (peer != nobody) fields.emplace(fields.begin(), "peer", peer);
  log.write(complaint.level, complaint.kind, std::move(fields));
}

std::string to_text(const asio::ip::tcp::endpoint& endpoint) {
  return address_text(endpoint.address().to_string(), endpoint.port());
}

}  // namespace lockstep::net
