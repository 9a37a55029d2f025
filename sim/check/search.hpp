// The search for a linearization: Wing and Gong (1993) with Lowe's memory of what was tried (2017).
//
// Depth first over configurations (set of placed operations, state). The next operation placed must
// have been invoked before the first return that is still unplaced. Configurations are remembered
// by a 128-bit fingerprint that changes with each placement, so one costs the same at any length.
//
// Four cuts keep real histories near linear. None changes the verdict:
//  - an operation that only reads and fits is placed at once: later it could fit no better;
//  - an open operation whose effect the very next operation would hide is not placed;
//  - of equal open operations the one invoked first goes first;
//  - what a model's Guide rules out (see cell.hpp).
#pragma once

#include <algorithm>
#include <concepts>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/check.hpp"
#include "sim/check/fingerprints.hpp"
#include "sim/check/linearizable.hpp"
#include "sim/check/timeline.hpp"

namespace lockstep::sim {

// A sequential object. It numbers its states, so that equal numbers mean equal states.
template <class M>
concept Model = requires(M& model, const typename M::Action& action, std::uint32_t state) {
  { model.initial() } -> std::same_as<std::uint32_t>;
  // The state after, or nothing where the action cannot have had its result in `state`.
  { model.apply(state, action) } -> std::same_as<std::optional<std::uint32_t>>;
  { model.reads_only(action) } -> std::same_as<bool>;  // in every state
  { model.overwrites(action) } -> std::same_as<bool>;  // fits every state, and hides it
  { model.describe(state) } -> std::convertible_to<std::string>;
  { action == action } -> std::convertible_to<bool>;
};

// Advises on nothing: what a model without knowledge of its values uses.
template <class Action>
struct NoGuide {
  NoGuide(const auto& /*model*/, const Timeline<Action>& /*timeline*/) {}
  void place(const Action&, bool /*open*/) {}
  void lift(const Action&, bool /*open*/) {}
  // After the state changed from `before`: nothing that is left can succeed.
  [[nodiscard]] bool lost(std::uint32_t /*before*/) const { return false; }
  // No unplaced operation needs what this overwriting one wrote.
  [[nodiscard]] bool unobserved(const Action&) const { return false; }
  // No unplaced operation minds which unobserved value was there.
  [[nodiscard]] bool indifferent() const { return false; }
  // Operations in the order worth trying, or empty: in the order of their returns.
  [[nodiscard]] std::vector<std::uint32_t> order() const { return {}; }
};

template <Model M, class Guide = NoGuide<typename M::Action>>
class Search {
 public:
  using Action = typename M::Action;

  Search(M& model, const Timeline<Action>& timeline, const SearchLimit& limit)
      : model_(model), time_(timeline), limit_(limit), guide_(model, timeline) {
    const std::uint32_t n = time_.returned;
    order_ = guide_.order();
    if (order_.empty()) {
      order_.resize(n);
      for (std::uint32_t i = 0; i < n; ++i) order_[i] = i;
    }
    rank_.resize(n);
    for (std::uint32_t r = 0; r < n; ++r) rank_[order_[r]] = r;
    link();
    placed_.assign(time_.size(), 0);
    frames_.reserve(n);
  }

  SearchResult run() {
    state_ = model_.initial();
    std::uint32_t cursor = fresh_start;
    while (left_ > 0) {
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
        note_blocked();
      }
      if (!back(cursor)) return result(Verdict::violated);
    }
    return result(Verdict::linearizable);
  }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  // A cursor is 1 + the first rank still to be tried; before that come the moves without a rank.
  static constexpr std::uint32_t fresh_start = 0;

  enum class Kind : std::uint8_t {
    ordinary,
    reading,         // only reads, and fits: nothing else needs to be tried
    slipping,        // goes under the overwriting operation placed last; the state stays
    surely_slipping  // the same where nothing else needs to be tried
  };
  static bool forced(Kind kind) { return kind == Kind::reading || kind == Kind::surely_slipping; }
  static bool slips(Kind kind) { return kind == Kind::slipping || kind == Kind::surely_slipping; }

  struct Move {
    std::uint32_t operation = none;
    std::uint32_t next_state = 0;
    Kind kind = Kind::ordinary;
  };
  struct Frame {
    std::uint32_t operation;
    std::uint32_t state;       // before
    std::uint32_t lowest;      // before
    std::uint32_t slip_until;  // before
    Kind kind;
  };

  [[nodiscard]] bool open(std::uint32_t operation) const { return operation >= time_.returned; }

  void link() {
    const std::uint32_t n = time_.returned;
    next_.resize(n + 1);
    previous_.resize(n + 1);
    std::uint32_t last = n;
    for (const std::uint32_t i : time_.by_call) {
      if (open(i)) continue;
      next_[last] = i;
      previous_[i] = last;
      last = i;
    }
    next_[last] = n;
    previous_[n] = last;
    left_ = n;
  }

  bool spent() {
    ++steps_;
    if (steps_ > limit_.steps) return true;
    return (steps_ & 4095u) == 0 && limit_.expired && limit_.expired();
  }

  // The best move not tried yet.
  Move pick(std::uint32_t cursor) {
    const std::uint32_t bound = time_.return_place[lowest_];
    const bool first = cursor == fresh_start;
    Move best, slip;
    std::uint32_t best_rank = none;
    for (std::uint32_t i = next_[time_.returned];
         i != time_.returned && time_.call_place[i] < bound; i = next_[i]) {
      const Action& action = time_.actions[i];
      const bool better = rank_[i] + 1 >= cursor && rank_[i] < best_rank;
      if (!better && !first) continue;
      const bool reading = first && model_.reads_only(action);
      if (better || reading) {
        if (const auto next = model_.apply(state_, action)) {
          if (reading) return {i, *next, Kind::reading};
          if (better && !useless_before(action, *next)) {
            best = {i, *next, Kind::ordinary};
            best_rank = rank_[i];
          }
        }
      }
      if (first && slip.operation == none && time_.call_place[i] < slip_until_ &&
          guide_.unobserved(action))
        slip = {i, state_, guide_.indifferent() ? Kind::surely_slipping : Kind::slipping};
    }
    if (slip.operation != none) return slip;
    return best.operation != none ? best : pick_open(cursor, bound);
  }

  Move pick_open(std::uint32_t cursor, std::uint32_t bound) {
    for (std::uint32_t i = std::max(cursor, time_.returned + 1) - 1;
         i < time_.size() && time_.call_place[i] < bound; ++i) {
      if (placed_[i] || (time_.twin[i] != i && !placed_[time_.twin[i]])) continue;
      const auto next = model_.apply(state_, time_.actions[i]);
      if (next && *next != state_ && !useless_before(time_.actions[i], *next))
        return {i, *next, Kind::ordinary};
    }
    return {};
  }

  // The operation placed last is open, and leaving it out would lead to the same state.
  bool useless_before(const Action& action, std::uint32_t next) {
    if (frames_.empty() || !open(frames_.back().operation)) return false;
    const auto without = model_.apply(frames_.back().state, action);
    return without && *without == next;
  }

  [[nodiscard]] std::uint32_t after(const Move& move) const {
    if (slips(move.kind)) return 1;
    return (open(move.operation) ? move.operation : rank_[move.operation]) + 2;
  }

  // False, and undone, where the move leads nowhere that is worth a look.
  bool advance(const Move& move) {
    const std::uint32_t i = move.operation;
    frames_.push_back({i, state_, lowest_, slip_until_, move.kind});
    place(move);
    const std::uint32_t before = frames_.back().state;
    if (move.kind == Kind::reading) return true;
    if (!(state_ != before && guide_.lost(before)) && remember()) return true;
    lift();
    return false;
  }

  bool remember() { return tried_.insert(placed_print_ ^ fingerprint_of(state_, 2), 0).second; }

  void place(const Move& move) {
    const std::uint32_t i = move.operation;
    const Action& action = time_.actions[i];
    placed_[i] = 1;
    placed_print_ = placed_print_ ^ fingerprint_of(i, 1);
    guide_.place(action, open(i));
    if (!open(i)) {
      next_[previous_[i]] = next_[i];
      previous_[next_[i]] = previous_[i];
      --left_;
      while (lowest_ < time_.returned && placed_[lowest_]) ++lowest_;
    }
    const std::uint32_t returned = open(i) ? none : time_.return_place[i];
    if (!slips(move.kind)) {
      if (model_.overwrites(action))
        slip_until_ = returned;
      else if (model_.reads_only(action))
        slip_until_ = std::min(slip_until_, returned);
      else
        slip_until_ = 0;
    }
    state_ = move.next_state;
  }

  void lift() {
    const Frame frame = frames_.back();
    frames_.pop_back();
    const std::uint32_t i = frame.operation;
    placed_[i] = 0;
    placed_print_ = placed_print_ ^ fingerprint_of(i, 1);
    guide_.lift(time_.actions[i], open(i));
    if (!open(i)) {
      next_[previous_[i]] = i;
      previous_[next_[i]] = i;
      ++left_;
    }
    state_ = frame.state;
    lowest_ = frame.lowest;
    slip_until_ = frame.slip_until;
  }

  // Undoes moves up to one with an alternative; false when there is none.
  bool back(std::uint32_t& cursor) {
    while (!frames_.empty()) {
      const Frame& frame = frames_.back();
      const Move move{frame.operation, 0, frame.kind};
      lift();
      if (forced(move.kind)) continue;
      cursor = after(move);
      return true;
    }
    return false;
  }

  void note_blocked() {
    if (lowest_ < furthest_) return;
    if (lowest_ > furthest_ || furthest_states_.empty()) {
      furthest_ = lowest_;
      furthest_placed_ = 0;
      furthest_states_.clear();
    }
    furthest_placed_ = std::max(furthest_placed_, time_.returned - left_);
    if (furthest_states_.size() < 5 && std::find(furthest_states_.begin(), furthest_states_.end(),
                                                 state_) == furthest_states_.end())
      furthest_states_.push_back(state_);
  }

  SearchResult result(Verdict verdict) {
    SearchResult out{verdict, steps_, time_.returned, time_.returned - left_, std::nullopt, ""};
    if (verdict != Verdict::violated) return out;
    out.placed = furthest_placed_;
    out.stuck = time_.ids[furthest_];
    for (std::size_t i = 0; i < furthest_states_.size(); ++i) {
      if (i > 0) out.state += i + 1 < furthest_states_.size() && i < 4 ? ", " : " or ";
      out.state += i < 4 ? model_.describe(furthest_states_[i]) : "others";
    }
    return out;
  }

  M& model_;
  const Timeline<Action>& time_;
  const SearchLimit& limit_;
  Guide guide_;
  std::vector<std::uint32_t> order_, rank_;     // operations that returned, as worth trying
  std::vector<std::uint32_t> next_, previous_;  // those not placed, by invocation; a ring
  std::vector<std::uint8_t> placed_;
  std::vector<Frame> frames_;
  FingerprintTable tried_;
  Fingerprint placed_print_;
  std::uint32_t state_ = 0;
  std::uint32_t lowest_ = 0;      // the unplaced operation that returned first
  std::uint32_t left_ = 0;        // operations that returned and are not placed
  std::uint32_t slip_until_ = 0;  // place before which an operation must be invoked to be slipped
  std::uint64_t steps_ = 0;
  std::uint32_t furthest_ = 0, furthest_placed_ = 0;
  std::vector<std::uint32_t> furthest_states_;
};

}  // namespace lockstep::sim
