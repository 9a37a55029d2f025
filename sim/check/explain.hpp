// Where a history stops having an order: its longest linearizable prefix (Herlihy and Wing, 1990:
// linearizability is prefix-closed), an order that explains that prefix, and the operation whose
// return ends it.
//
// A prefix is everything up to some return. What was still running then may have had the effect it
// is known to have had later, or none. Being prefix-closed makes the longest one a matter of
// halving: it costs the logarithm of the length in searches.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/check/search.hpp"

namespace lockstep::sim {

struct Explanation {
  Verdict verdict = Verdict::undecided;
  std::uint64_t steps = 0;     // of all searches
  std::uint64_t returned = 0;  // operations that returned
  std::uint64_t prefix = 0;    // of these, how many lie in the longest prefix that was found
  bool longest = true;         // false: searches for longer prefixes than this reached the limit
  std::optional<std::uint64_t> stuck;  // violated, and `longest`: id of what returns next
  std::vector<std::uint64_t> order;    // ids: an order of the prefix; undecided: of what was found
  std::string state;                   // the states after such orders, in words
};

namespace detail {

// What is known of the calls at the place where the k-th return (from 0) is about to happen.
template <Model M>
std::vector<Call<typename M::Action>> calls_before_return(M& model,
                                                          const Timeline<typename M::Action>& time,
                                                          std::uint32_t k) {
  std::vector<Call<typename M::Action>> calls;
  for (std::uint32_t i = 0; i < time.size(); ++i) {
    if (k < time.returned && time.call_place[i] > time.return_place[k]) continue;
    const bool open = i >= k || i >= time.returned;
    if (open && model.reads_only(time.actions[i])) continue;
    calls.push_back({time.ids[i], time.actions[i], Instant(time.call_place[i]),
                     open ? Instant() : Instant(time.return_place[i]), 0, 0, open});
  }
  return calls;
}

}  // namespace detail

// Each prefix is searched with at most that many steps.
inline constexpr std::uint64_t steps_for_a_prefix = 1'000'000;

// `hopeless`: the prefix that includes that many returns is known to have no order.
template <Model M, class Guide = NoGuide<typename M::Action>>
[[nodiscard]] Explanation explain(M& model, const Timeline<typename M::Action>& time,
                                  const SearchLimit& limit,
                                  std::optional<std::uint32_t> hopeless = std::nullopt) {
  Explanation out;
  out.returned = time.returned;
  out.state = model.describe(model.initial());
  const auto decide = [&](std::uint32_t k, std::uint64_t most) {
    const Timeline<typename M::Action> part(detail::calls_before_return(model, time, k));
    const SearchLimit own{most, limit.expired};
    Search<M, Guide> search(model, part, own);
    const SearchResult result = search.run();
    out.steps += result.steps;
    if (result.verdict == Verdict::linearizable) {
      out.prefix = k;
      out.order = search.order();
      out.state = model.describe(search.state());
    }
    return result.verdict;
  };
  out.verdict = hopeless ? Verdict::violated : decide(time.returned, limit.steps);
  if (out.verdict == Verdict::linearizable) return out;

  const std::uint64_t little = std::min(limit.steps, steps_for_a_prefix);
  std::uint32_t good = 0;
  std::uint32_t bad = hopeless.value_or(time.returned);
  out.longest = out.verdict == Verdict::violated;
  while (bad - good > 1) {
    const std::uint32_t middle = good + (bad - good) / 2;
    const Verdict verdict = decide(middle, little);
    (verdict == Verdict::linearizable ? good : bad) = middle;
    if (verdict == Verdict::violated) out.verdict = Verdict::violated;
    if (verdict != Verdict::linearizable) out.longest = verdict == Verdict::violated;
  }
  if (!out.longest) return out;
  // Other orders may end in other states; the search without a guide meets them all.
  out.stuck = time.ids[good];
  const SearchLimit own{little, limit.expired};
  const SearchResult plain = Search<M>(model, time, own).run();
  out.steps += plain.steps;
  if (plain.verdict == Verdict::violated && plain.stuck == out.stuck) out.state = plain.state;
  return out;
}

}  // namespace lockstep::sim
