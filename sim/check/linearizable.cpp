#include "sim/check/linearizable.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/check/cell.hpp"
#include "sim/check/operations.hpp"
#include "sim/check/search.hpp"

namespace lockstep::sim {

namespace {

using Action = Cell::Action;

struct KeyResult {
  SearchResult search;
  std::optional<std::uint32_t> stuck;  // place in the history
};

KeyResult check_key(std::span<const HistoryOperation> history, const KeyPart& part,
                    const SearchLimit& limit) {
  Cell cell;
  std::vector<Call<Action>> calls;
  calls.reserve(part.operations.size());
  for (const std::uint32_t i : part.operations)
    calls.push_back(call_of(history[i], i, cell_action(history[i], cell)));
  const Timeline<Action> timeline(calls);
  if (const auto nowhere = first_out_of_nowhere(cell, timeline)) {
    const auto place = static_cast<std::uint32_t>(timeline.ids[*nowhere]);
    return {{Verdict::violated, 0, timeline.returned, 0, std::nullopt, ""}, place};
  }
  KeyResult result{Search<Cell, CellGuide>(cell, timeline, limit).run(), std::nullopt};
  if (result.search.verdict != Verdict::violated) return result;
  // What the guide knows of later operations moves the blame to earlier ones: without it the
  // operation that fits nowhere is the first one whose result shows that something is wrong.
  SearchLimit little{1'000'000, limit.expired};
  SearchResult plain = Search<Cell>(cell, timeline, little).run();
  if (plain.verdict == Verdict::violated) {
    plain.steps = result.search.steps;
    result.search = std::move(plain);
  }
  result.stuck = static_cast<std::uint32_t>(*result.search.stuck);
  return result;
}

std::string sentence(std::span<const HistoryOperation> history, const KeyPart& part,
                     const KeyResult& result) {
  const std::string key = "key " + std::string(part.key) + ": ";
  const SearchResult& search = result.search;
  if (search.verdict == Verdict::undecided)
    return key + "not decided within " + std::to_string(search.steps) +
           " steps; allow more, or use more keys or fewer open operations";
  const std::string stuck = describe(history[*result.stuck]);
  if (!search.stuck)
    return key + stuck + " fits nowhere: nobody had begun to write that value when it returned";
  return key + stuck + " fits nowhere: the furthest order explains " +
         std::to_string(search.placed) + " of the " + std::to_string(search.returned) +
         " answers, and the value is then " + search.state;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::linearizable: return "linearizable";
    case Verdict::violated: return "violated";
    case Verdict::undecided: return "undecided";
  }
  return "?";
}

Linearizability check_linearizable(std::span<const HistoryOperation> history,
                                   const SearchLimit& limit) {
  Linearizability out;
  std::vector<KeyPart> parts = by_key(history);
  for (const KeyPart& part : parts) out.operations += part.operations.size();

  const auto search = [&](const KeyPart& part, std::uint64_t most) {
    const std::uint64_t left = limit.steps - std::min(limit.steps, out.steps);
    KeyResult result = check_key(history, part, {std::min(most, left), limit.expired});
    out.steps += result.search.steps;
    return result;
  };
  const auto conclude = [&](const KeyPart& part, const KeyResult& result) {
    out.verdict = result.search.verdict;
    out.key = std::string(part.key);
    if (result.stuck) out.stuck = history[*result.stuck].id;
    out.text = sentence(history, part, result);
  };

  // Every key gets a little first, so that a hard one cannot hide a plain violation in another.
  std::vector<const KeyPart*> hard;
  for (const KeyPart& part : parts) {
    const KeyResult result = search(part, 20'000 + 4 * part.operations.size());
    if (result.search.verdict == Verdict::undecided) hard.push_back(&part);
    if (result.search.verdict != Verdict::violated) continue;
    conclude(part, result);
    return out;
  }
  for (const KeyPart* part : hard) {
    const KeyResult result = search(*part, limit.steps);
    if (result.search.verdict == Verdict::linearizable || out.verdict == Verdict::undecided)
      if (result.search.verdict != Verdict::violated) continue;
    conclude(*part, result);
    if (out.verdict == Verdict::violated) return out;
  }
  if (out.verdict == Verdict::linearizable)
    out.text = std::to_string(out.operations) + " operations on " + std::to_string(parts.size()) +
               (parts.size() == 1 ? " key" : " keys") + " have an order";
  return out;
}

}  // namespace lockstep::sim
