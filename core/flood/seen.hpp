// Seen: the queries a node has heard of lately, and from whom first, so that none is passed on
// twice and hits find their way back.
//
// Bounded in number and in age: two generations, of which the older is forgotten as a whole. A
// query is remembered for at least `keep` and at most twice that. When a generation is full nothing
// more is taken until it ages: what cannot be remembered must not be passed on, or it would be
// passed on again.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/flat_map.hpp"
#include "core/base/time.hpp"
#include "core/flood/types.hpp"

namespace lockstep::flood {

class Seen {
 public:
  struct Trace {
    NodeId from;             // who told of it first; the node itself: it asks
    std::uint16_t hits = 0;  // sent back already
    friend bool operator==(Trace, Trace) = default;
  };
  enum class Noted : std::uint8_t { first, again, full };

  Noted note(Instant now, QueryId query, NodeId from, Duration keep, std::size_t capacity);
  // Null when it is forgotten or was never heard of; valid until the next note().
  [[nodiscard]] Trace* find(QueryId query);
  [[nodiscard]] std::size_t size() const { return young_.size() + old_.size(); }

  friend bool operator==(const Seen&, const Seen&) = default;

 private:
  FlatMap<QueryId, Trace> young_, old_;
  Instant since_;  // when the young generation began
};

}  // namespace lockstep::flood
