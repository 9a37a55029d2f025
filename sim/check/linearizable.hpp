// Linearizability of what clients saw (Herlihy and Wing, 1990): is there an order of all operations
// that keeps every "returned before invoked" and explains every result?
//
// A key-value history is linearizable when each key's part is (locality, same paper), so each key
// is searched alone. Operations that failed are left out, and so are reads without an answer; other
// operations of unknown outcome may take effect at any time after they were invoked, or never.
//
// The search is exact. It gives up, and says `undecided`, when a limit is reached; it never takes a
// time-out for a pass.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/time.hpp"
#include "sim/check/history.hpp"

namespace lockstep::sim {

enum class Verdict : std::uint8_t { linearizable, violated, undecided };
[[nodiscard]] std::string_view name_of(Verdict verdict);

struct SearchLimit {
  std::uint64_t steps = 50'000'000;  // operations tried; the same on every machine
  std::function<bool()> expired;  // asked every 4096 steps; may look at a clock, then `undecided`
                                  // is no longer reproducible
};

// One operation as a search sees it. Places in time compare by instant, then by order; where both
// are equal an invocation comes before a return, so that the operations count as concurrent.
template <class Action>
struct Call {
  std::uint64_t id = 0;
  Action action{};
  Instant invoked;
  Instant returned;  // meaningless while open
  std::uint64_t invoked_order = 0;
  std::uint64_t returned_order = 0;
  bool open = false;  // never returned: takes effect after `invoked`, or never
};

struct SearchResult {
  Verdict verdict = Verdict::undecided;
  std::uint64_t steps = 0;
  std::uint64_t returned = 0;          // operations that returned
  std::uint64_t placed = 0;            // of these, how many the furthest order explains
  std::optional<std::uint64_t> stuck;  // violated: id of the operation no such order can place next
  std::string state;                   // violated: the states it was tried in, in words
};

struct Linearizability {
  Verdict verdict = Verdict::linearizable;
  std::uint64_t steps = 0;
  std::uint64_t operations = 0;        // that were checked
  std::string key;                     // the first key that is not linearizable, or not decided
  std::optional<std::uint64_t> stuck;  // violated: id of the operation that fits nowhere
  std::string text;                    // one sentence for people
};

// Every key starts absent. Verbs: put, get, delete, append (to an absent key: puts), cas. Any other
// verb is a bug of the caller.
[[nodiscard]] Linearizability check_linearizable(std::span<const HistoryOperation> history,
                                                 const SearchLimit& limit = {});

}  // namespace lockstep::sim
