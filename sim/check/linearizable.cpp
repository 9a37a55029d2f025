#include "sim/check/linearizable.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/check.hpp"
#include "sim/check/cell.hpp"
#include "sim/check/search.hpp"
#include "sim/faults/targets.hpp"

namespace lockstep::sim {

namespace {

using Outcome = HistoryOperation::Outcome;
using Action = Cell::Action;

// Tells nothing about any state, and changes none.
bool says_nothing(const HistoryOperation& operation) {
  return operation.outcome == Outcome::failed ||
         (operation.outcome == Outcome::unknown && operation.verb == "get");
}

std::optional<std::string_view> view(const std::optional<std::string>& text) {
  return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

Action action_of(const HistoryOperation& operation, Cell& cell) {
  using Kind = Action::Kind;
  if (operation.verb == "get") return {Kind::read, cell.number(view(operation.found)), 0};
  if (operation.verb == "put") return {Kind::write, 0, cell.number(operation.value)};
  if (operation.verb == "delete") return {Kind::write, 0, Cell::absent};
  if (operation.verb == "append") return {Kind::append, 0, cell.number(operation.value)};
  check(operation.verb == "cas", "a key-value operation is put, get, delete, append or cas");
  const std::uint32_t expected = cell.number(view(operation.expected));
  if (operation.outcome == Outcome::ok && !operation.swapped) return {Kind::no_swap, expected, 0};
  return {Kind::swap, expected, cell.number(operation.value)};
}

// The operations of one key, with how far its search has come.
struct KeyPart {
  std::string_view key;
  std::vector<std::uint32_t> operations;  // places in the history
};

std::vector<KeyPart> by_key(std::span<const HistoryOperation> history) {
  std::vector<KeyPart> parts;
  std::unordered_map<std::string_view, std::size_t> place;
  for (std::uint32_t i = 0; i < history.size(); ++i) {
    if (says_nothing(history[i])) continue;
    const auto [it, fresh] = place.try_emplace(history[i].key, parts.size());
    if (fresh) parts.push_back({history[i].key, {}});
    parts[it->second].operations.push_back(i);
  }
  return parts;
}

struct KeyResult {
  SearchResult search;
  std::optional<std::uint32_t> stuck;  // place in the history
};

KeyResult check_key(std::span<const HistoryOperation> history, const KeyPart& part,
                    const SearchLimit& limit) {
  Cell cell;
  std::vector<Call<Action>> calls;
  calls.reserve(part.operations.size());
  for (const std::uint32_t i : part.operations) {
    const HistoryOperation& operation = history[i];
    calls.push_back({i, action_of(operation, cell), operation.invoked, operation.returned,
                     operation.invoked_order, operation.returned_order,
                     operation.outcome == Outcome::unknown});
  }
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

std::string in_quotes(const std::optional<std::string>& text) {
  if (!text) return "absent";
  return text->size() <= 60
             ? "\"" + *text + "\""
             : "\"" + text->substr(0, 60) + "…\" (" + std::to_string(text->size()) + " bytes)";
}

std::string describe(const HistoryOperation& operation) {
  std::string text = "#" + std::to_string(operation.id) + " " + name_of_endpoint(operation.client) +
                     " " + operation.verb + " " + operation.key;
  if (operation.verb == "put" || operation.verb == "append")
    text += " " + in_quotes(operation.value);
  if (operation.verb == "cas")
    text += " " + in_quotes(operation.expected) + " -> " + in_quotes(operation.value) +
            (operation.swapped ? " swapped" : " did not swap");
  if (operation.verb == "get") text += " found " + in_quotes(operation.found);
  return text + " (" + to_text(operation.invoked) + " to " + to_text(operation.returned) + ")";
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
