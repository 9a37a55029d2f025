#include "core/lamport/peers.hpp"

#include <algorithm>

namespace lockstep::lamport {

Peers::Peers(std::uint32_t members) : peers_(members) {
  for (Peer& peer : peers_) {
    peer.held.resize(members);
    peer.sent.resize(members);
  }
}

void Peers::heard(NodeId node, const Holding& holding) {
  Peer& peer = peers_[node.value() - 1];
  peer.known = true;
  const std::size_t told = std::min(peer.held.size(), holding.numbers.size());
  for (std::size_t i = 0; i < told; ++i) {
    Number& held = peer.held[i];
    Number& sent = peer.sent[i];
    held = holding.asks ? holding.numbers[i] : std::max(held, holding.numbers[i]);
    sent = holding.asks ? held : std::max(sent, held);
  }
}

void Peers::forget() {
  for (Peer& peer : peers_) {
    peer.known = false;
    peer.sent = peer.held;
  }
}

std::vector<Entry> Peers::next(NodeId node, const Log& log, NodeId only, Limits limits) {
  Peer& peer = peers_[node.value() - 1];
  std::vector<Entry> entries;
  if (!peer.known) return entries;
  std::uint64_t room =
      std::uint64_t{limits.in_flight} - std::min<std::uint64_t>(limits.in_flight, in_flight(peer));
  room = std::min<std::uint64_t>(room, limits.entries);
  std::size_t bytes = 0;
  for (std::uint32_t i = 0; i < peer.sent.size() && room > 0; ++i) {
    const NodeId stream(i + 1);
    if (stream == node || (only != nobody && stream != only)) continue;
    for (; room > 0 && peer.sent[i] < log.durable(stream); --room) {
      const Entry& entry = log.at(stream, peer.sent[i].next());
      bytes += entry.text.size();
      if (bytes > limits.bytes && !entries.empty()) return entries;
      entries.push_back(entry);
      ++peer.sent[i];
    }
  }
  return entries;
}

bool Peers::ahead(NodeId node, const std::vector<Number>& here,
                  const std::vector<Number>& before) const {
  const std::vector<Number>& held = peers_[node.value() - 1].held;
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (held[i] > here[i] && here[i] == before[i]) return true;
  }
  return false;
}

std::uint64_t Peers::in_flight(const Peer& peer) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < peer.sent.size(); ++i)
    sum += peer.sent[i].value() - peer.held[i].value();
  return sum;
}

}  // namespace lockstep::lamport
