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
//  - what a model's guide rules out (model.hpp).
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/linearizable.hpp"
#include "sim/check/model.hpp"
#include "sim/check/placement.hpp"

namespace lockstep::sim {

template <Model M, class Guide = NoGuide<typename M::Action>>
class Search {
 public:
  using Action = typename M::Action;

  Search(M& model, const Timeline<Action>& timeline, const SearchLimit& limit);
  SearchResult run();
  // After run() said linearizable: ids of the operations in an order that explains every result.
  // Open operations stand in it only where they took effect.
  [[nodiscard]] std::vector<std::uint64_t> order() const;
  [[nodiscard]] std::uint32_t state() const { return state_; }  // after these

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  // A cursor is 1 + the first rank still to be tried; before that come the moves without a rank.
  static constexpr std::uint32_t fresh_start = 0;

  // 256 MiB. To forget costs time only: the step limit ends what would take too long.
  static constexpr std::size_t most_remembered = 12'000'000;

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
    std::uint32_t state, lowest, slip_until;  // before it was placed
    Kind kind;
  };

  bool spent();
  Move pick(std::uint32_t cursor);
  Move pick_open(std::uint32_t cursor, std::uint32_t bound);
  [[nodiscard]] bool somebody_minds(std::uint32_t bound) const;
  bool useless_before(const Action& action, std::uint32_t next);
  bool advance(const Move& move);
  void place(const Move& move);
  void lift();
  bool back(std::uint32_t& cursor);
  [[nodiscard]] std::uint32_t after(const Move& move) const;
  SearchResult result(Verdict verdict);
  [[nodiscard]] bool open(std::uint32_t operation) const { return operation >= time_.returned; }

  M& model_;
  const Timeline<Action>& time_;
  const SearchLimit& limit_;
  Guide guide_;
  std::vector<std::uint32_t> rank_;  // of operations that returned: the lowest is tried first
  Placement placement_;
  std::vector<Frame> frames_;
  FingerprintSet tried_{most_remembered};
  std::uint32_t state_;
  std::uint32_t slip_until_ = 0;  // what is invoked before that place may go under the last
                                  // overwriting operation
  std::uint64_t steps_ = 0;
  Furthest furthest_;
};

// The verdict on the calls of one object. A new model needs no more than this.
template <Model M, class Guide = NoGuide<typename M::Action>>
[[nodiscard]] SearchResult check_linearizable(M& model,
                                              std::span<const Call<typename M::Action>> calls,
                                              const SearchLimit& limit = {}) {
  const Timeline<typename M::Action> timeline(calls);
  return Search<M, Guide>(model, timeline, limit).run();
}

}  // namespace lockstep::sim

#include "sim/check/search_moves.hpp"
#include "sim/check/search_run.hpp"
