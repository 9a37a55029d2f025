// Whom a fault hits.
#pragma once

#include <cstdint>

#include "core/base/strong.hpp"

namespace lockstep::sim {

// Whom a fault hits, resolved when it strikes. Within one fault nobody is hit twice.
struct Target {
  enum class Kind : std::uint8_t {
    node,    // "n3"
    client,  // "c1"
    leader,
    follower,
    candidate,
    coordinator,  // by role; the one of the highest term, or lowest id, where several hold it
    random,       // a random node that is up
    any,          // a random node, up or down
    majority,
    minority,  // random sets of nodes
    rest,      // every node (and every client) not named elsewhere in this fault
    all,       // every node
    clients    // every client
  };
  Kind kind = Kind::node;
  NodeId id;  // node, client
  friend bool operator==(const Target&, const Target&) = default;
};

}  // namespace lockstep::sim
