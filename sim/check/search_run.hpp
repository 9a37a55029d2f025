// Search, part two: placing, lifting and the way through. Included by search.hpp.
#pragma once

#include <algorithm>

#include "sim/check/search.hpp"

namespace lockstep::sim {

template <Model M, class Guide>
Search<M, Guide>::Search(M& model, const Timeline<Action>& timeline, const SearchLimit& limit)
    : model_(model),
      time_(timeline),
      limit_(limit),
      guide_(model, timeline),
      rank_(timeline.returned),
      placement_(timeline),
      state_(model.initial()) {
  const std::vector<std::uint32_t> order = guide_.order();
  for (std::uint32_t r = 0; r < time_.returned; ++r) rank_[order.empty() ? r : order[r]] = r;
  frames_.reserve(time_.returned);
}

template <Model M, class Guide>
SearchResult Search<M, Guide>::run() {
  std::uint32_t cursor = fresh_start;
  while (placement_.left() > 0) {
    if (spent()) return result(Verdict::undecided);
    const Move move = pick(cursor);
    if (move.operation != none) {
      if (advance(move)) {
        cursor = fresh_start;
        continue;
      }
      cursor = after(move);
      if (!forced(move.kind)) continue;
    } else {
      furthest_.note(placement_.lowest(), time_.returned - placement_.left(), state_);
    }
    if (!back(cursor)) return result(Verdict::violated);
  }
  return result(Verdict::linearizable);
}

template <Model M, class Guide>
bool Search<M, Guide>::spent() {
  if (steps_ == limit_.steps) return true;
  ++steps_;
  return (steps_ & 4095u) == 0 && limit_.expired && limit_.expired();
}

// False, and undone, where the move leads nowhere that is worth a look.
template <Model M, class Guide>
bool Search<M, Guide>::advance(const Move& move) {
  frames_.push_back({move.operation, state_, placement_.lowest(), slip_until_, move.kind});
  place(move);
  // After a forced move what is to be remembered is what comes of it.
  if (move.kind == Kind::reading) return true;
  const std::uint32_t before = frames_.back().state;
  const bool lost = state_ != before && guide_.lost(before);
  if (!lost && tried_.insert(placement_.print() ^ fingerprint_of(state_, 2))) return true;
  lift();
  return false;
}

template <Model M, class Guide>
void Search<M, Guide>::place(const Move& move) {
  const std::uint32_t i = move.operation;
  const Action& action = time_.actions[i];
  placement_.place(i);
  guide_.place(action, open(i));
  state_ = move.next_state;
  if (slips(move.kind)) return;
  const std::uint32_t returned = open(i) ? none : time_.return_place[i];
  if (model_.overwrites(action))
    slip_until_ = returned;
  else
    slip_until_ = model_.reads_only(action) ? std::min(slip_until_, returned) : 0;
}

template <Model M, class Guide>
void Search<M, Guide>::lift() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  placement_.lift(frame.operation, frame.lowest);
  guide_.lift(time_.actions[frame.operation], open(frame.operation));
  state_ = frame.state;
  slip_until_ = frame.slip_until;
}

// Undoes moves up to one with an alternative; false when there is none.
template <Model M, class Guide>
bool Search<M, Guide>::back(std::uint32_t& cursor) {
  while (!frames_.empty()) {
    const Move move{frames_.back().operation, 0, frames_.back().kind};
    lift();
    if (forced(move.kind)) continue;
    cursor = after(move);
    return true;
  }
  return false;
}

template <Model M, class Guide>
SearchResult Search<M, Guide>::result(Verdict verdict) {
  const std::uint32_t placed = time_.returned - placement_.left();
  SearchResult out{verdict, steps_, time_.returned, placed, std::nullopt, ""};
  if (verdict != Verdict::violated) return out;
  out.placed = furthest_.placed();
  out.stuck = time_.ids[furthest_.stuck()];
  const auto& states = furthest_.states();
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (i > 0) out.state += i + 1 < states.size() ? ", " : " or ";
    out.state += i + 1 < Furthest::most_states ? model_.describe(states[i]) : "others";
  }
  return out;
}

template <Model M, class Guide>
std::vector<std::uint64_t> Search<M, Guide>::order() const {
  std::vector<std::uint64_t> order;
  std::size_t under = 0;  // where the overwriting operation placed last stands
  for (const Frame& frame : frames_) {
    const std::uint64_t id = time_.ids[frame.operation];
    if (slips(frame.kind)) {
      order.insert(order.begin() + static_cast<std::ptrdiff_t>(under++), id);
      continue;
    }
    if (model_.overwrites(time_.actions[frame.operation])) under = order.size();
    order.push_back(id);
  }
  return order;
}

}  // namespace lockstep::sim
