#include "core/flood/seen.hpp"

#include <utility>

namespace lockstep::flood {

Seen::Noted Seen::note(Instant now, QueryId query, NodeId from, Duration keep,
                       std::size_t capacity) {
  if (now - since_ >= keep) {
    // Both are past their time when the young one is twice as old.
    old_ = now - since_ >= keep * 2 ? FlatMap<QueryId, Trace>() : std::move(young_);
    young_ = {};
    since_ = now;
  }
  if (find(query) != nullptr) return Noted::again;
  if (young_.size() >= capacity) return Noted::full;
  young_.insert(query, {.from = from});
  return Noted::first;
}

Seen::Trace* Seen::find(QueryId query) {
  if (Trace* trace = young_.find(query)) return trace;
  return old_.find(query);
}

}  // namespace lockstep::flood
