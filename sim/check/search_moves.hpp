// Search, part one: which operation may come next. Included by search.hpp.
#pragma once

#include <algorithm>

#include "sim/check/search.hpp"

namespace lockstep::sim {

// The best move not tried yet.
template <Model M, class Guide>
auto Search<M, Guide>::pick(std::uint32_t cursor) -> Move {
  const std::uint32_t bound = time_.return_place[placement_.lowest()];
  const bool first = cursor == fresh_start;
  Move best, slip;
  std::uint32_t best_rank = none;
  for (std::uint32_t i = placement_.first(); i != placement_.end() && time_.call_place[i] < bound;
       i = placement_.after(i)) {
    const Action& action = time_.actions[i];
    const bool better = rank_[i] + 1 >= cursor && rank_[i] < best_rank;
    if (!better && !first) continue;
    const bool reading = first && model_.reads_only(action);
    if (better || reading) {
      if (const auto next = model_.apply(state_, action)) {
        if (reading) return {i, *next, Kind::reading};
        if (!useless_before(action, *next)) {
          best = {i, *next, Kind::ordinary};
          best_rank = rank_[i];
        }
      }
    }
    // Unobserved, it is as good as hidden by the overwriting operation placed last. Whether it also
    // has to be tried in the open depends on who would miss it there.
    if (first && slip.operation == none && time_.call_place[i] < slip_until_ &&
        guide_.unobserved(action))
      slip = {i, state_, guide_.indifferent(state_) ? Kind::surely_slipping : Kind::slipping};
  }
  if (slip.operation != none) return slip;
  return best.operation != none ? best : pick_open(cursor, bound);
}

// Open operations come last: most never need to be placed.
template <Model M, class Guide>
auto Search<M, Guide>::pick_open(std::uint32_t cursor, std::uint32_t bound) -> Move {
  std::optional<bool> minded;
  for (std::uint32_t i = std::max(cursor, time_.returned + 1) - 1;
       i < time_.size() && time_.call_place[i] < bound; ++i) {
    if (placement_.has(i) || (time_.twin[i] != i && !placement_.has(time_.twin[i]))) continue;
    if (guide_.unobserved(time_.actions[i])) {
      if (!minded) minded = somebody_minds(bound);
      if (!*minded) continue;
    }
    const auto next = model_.apply(state_, time_.actions[i]);
    if (next && *next != state_ && !useless_before(time_.actions[i], *next))
      return {i, *next, Kind::ordinary};
  }
  return {};
}

template <Model M, class Guide>
bool Search<M, Guide>::somebody_minds(std::uint32_t bound) const {
  for (std::uint32_t i = placement_.first(); i != placement_.end() && time_.call_place[i] < bound;
       i = placement_.after(i))
    if (guide_.minds(time_.actions[i], state_)) return true;
  return false;
}

// The operation placed last is open, and leaving it out would lead to the same state.
template <Model M, class Guide>
bool Search<M, Guide>::useless_before(const Action& action, std::uint32_t next) {
  if (frames_.empty() || !open(frames_.back().operation)) return false;
  const auto without = model_.apply(frames_.back().state, action);
  return without && *without == next;
}

// Where to go on once this move is done with.
template <Model M, class Guide>
std::uint32_t Search<M, Guide>::after(const Move& move) const {
  if (slips(move.kind)) return 1;
  return (open(move.operation) ? move.operation : rank_[move.operation]) + 2;
}

}  // namespace lockstep::sim
