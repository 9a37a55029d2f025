// What a node remembers of each other member, and of itself where it resigned. One entry a member,
// and so bounded.
#pragma once

#include <cstdint>
#include <optional>

#include "core/advanced_bully/seen_votes.hpp"
#include "core/base/epoch.hpp"
#include "core/base/flat_map.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep::advanced_bully {

// Of a candidate whom its peers told that somebody leads.
struct Standing {
  Instant first, latest;
  friend bool operator==(const Standing&, const Standing&) = default;
};

// What was said of an offender while one leader ruled.
struct Reported {
  Epoch epoch;
  std::uint32_t offences = 0;  // a bit each
  friend bool operator==(const Reported&, const Reported&) = default;
};

struct Peer {
  std::optional<Instant> aside;        // it resigned; until then
  std::optional<Instant> passed_over;  // it did not come forward; until then
  std::optional<Instant> indulged;     // passed over and voted for, latest
  std::optional<Instant> patience;     // it is waited for until then; until somebody leads
  std::optional<Instant> jumped;       // it named an epoch far ahead, latest
  std::optional<Standing> standing;    // though a leader is heard; until another leads
  SeenVotes votes;
  Reported reported;
  std::optional<Epoch> refused;  // who ruled when its old token was noted, latest
  friend bool operator==(const Peer&, const Peer&) = default;
};

class Peers {
 public:
  Peer& operator[](NodeId node) { return peers_[node]; }
  [[nodiscard]] bool stands_aside(Instant now, NodeId node) const {
    const Peer* peer = peers_.find(node);
    return peer != nullptr && now < peer->aside;
  }
  [[nodiscard]] bool is_passed_over(Instant now, NodeId node) const {
    const Peer* peer = peers_.find(node);
    return peer != nullptr && (now < peer->aside || now < peer->passed_over);
  }
  void forget_patience() {
    for (auto& [node, peer] : peers_) peer.patience.reset();
  }
  void forget_standing() {
    for (auto& [node, peer] : peers_) peer.standing.reset();
  }

  [[nodiscard]] auto begin() const { return peers_.begin(); }
  [[nodiscard]] auto end() const { return peers_.end(); }
  friend bool operator==(const Peers&, const Peers&) = default;

 private:
  FlatMap<NodeId, Peer> peers_;
};

}  // namespace lockstep::advanced_bully
