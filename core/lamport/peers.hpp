// Peers: what each other node holds, as far as this one was told, and what is on its way there.
#pragma once

#include <cstdint>
#include <vector>

#include "core/lamport/log.hpp"
#include "core/lamport/messages.hpp"

namespace lockstep::lamport {

// Of one message, and of all that are under way to one node.
struct Limits {
  std::uint32_t entries;
  std::uint32_t bytes;  // of texts; the first one may be longer
  std::uint32_t in_flight;
};

class Peers {
 public:
  explicit Peers(std::uint32_t members);

  // What the node said it holds. Nothing is sent to a node before. An older word that comes late
  // takes nothing back, unless it asks.
  void heard(NodeId peer, const Holding& holding);
  // Nobody is known, nothing is under way: for a node that begins to send to others.
  void forget();

  // The next entries for a node, of all streams or of one, that the log holds durably and that it
  // was not sent; empty when there are none, or enough is under way.
  [[nodiscard]] std::vector<Entry> next(NodeId peer, const Log& log, NodeId only, Limits limits);

  [[nodiscard]] Number held(NodeId peer, NodeId stream) const {
    return peers_[peer.value() - 1].held[stream.value() - 1];
  }
  // Whether the node has said that it holds more of a stream than is here, and that is no more than
  // was before. Both: [node - 1].
  [[nodiscard]] bool ahead(NodeId peer, const std::vector<Number>& here,
                           const std::vector<Number>& before) const;

  friend bool operator==(const Peers&, const Peers&) = default;

 private:
  struct Peer {
    bool known = false;
    std::vector<Number> held;  // [node - 1], durable there
    std::vector<Number> sent;  // >= held
    friend bool operator==(const Peer&, const Peer&) = default;
  };
  [[nodiscard]] static std::uint64_t in_flight(const Peer& peer);

  std::vector<Peer> peers_;  // [node - 1]
};

}  // namespace lockstep::lamport
