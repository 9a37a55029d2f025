#include "sim/check/operations.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "core/base/check.hpp"
#include "sim/faults/targets.hpp"

namespace lockstep::sim {

namespace {

using Outcome = HistoryOperation::Outcome;

std::optional<std::string_view> view(const std::optional<std::string>& text) {
  return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

std::string in_quotes(const std::optional<std::string>& text) {
  if (!text) return "absent";
  return text->size() <= 60
             ? "\"" + *text + "\""
             : "\"" + text->substr(0, 60) + "…\" (" + std::to_string(text->size()) + " bytes)";
}

}  // namespace

bool says_nothing(const HistoryOperation& operation) {
  if (operation.outcome == Outcome::failed) return true;
  if (operation.outcome != Outcome::unknown) return false;
  return operation.verb == "get" ||
         (operation.verb == "txn" &&
          std::none_of(operation.parts.begin(), operation.parts.end(),
                       [](const HistoryOperation::Part& part) { return part.writes; }));
}

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

Cell::Action cell_action(const HistoryOperation& operation, Cell& cell) {
  using Kind = Cell::Action::Kind;
  if (operation.verb == "get") return {Kind::read, cell.number(view(operation.found)), 0};
  if (operation.verb == "put") return {Kind::write, 0, cell.number(operation.value)};
  if (operation.verb == "delete") return {Kind::write, 0, Cell::absent};
  if (operation.verb == "append") return {Kind::append, 0, cell.number(operation.value)};
  check(operation.verb == "cas", "a key-value operation is put, get, delete, append or cas");
  const std::uint32_t expected = cell.number(view(operation.expected));
  if (operation.outcome == Outcome::ok && !operation.swapped) return {Kind::no_swap, expected, 0};
  return {Kind::swap, expected, cell.number(operation.value)};
}

std::string in_words(const HistoryOperation& operation) {
  const std::string& verb = operation.verb;
  const bool known = operation.outcome == Outcome::ok;
  std::string text = verb;
  for (const HistoryOperation::Part& part : operation.parts) {
    text += (part.writes ? " write " : " read ") + part.key;
    if (part.writes || known) text += " " + in_quotes(part.value);
  }
  if (!operation.key.empty()) text += " " + operation.key;
  if (verb == "put" || verb == "append") text += " " + in_quotes(operation.value);
  if (verb == "cas") {
    text += " " + in_quotes(operation.expected) + " -> " + in_quotes(operation.value);
    if (known) text += operation.swapped ? " swapped" : " did not swap";
  }
  if (verb == "get" && known) text += " found " + in_quotes(operation.found);
  return text;
}

std::string named(const HistoryOperation& operation) {
  return "#" + std::to_string(operation.id) + " " + name_of_endpoint(operation.client) + " " +
         in_words(operation);
}

std::string describe(const HistoryOperation& operation) {
  return named(operation) + " (" + to_text(operation.invoked) + " to " +
         to_text(operation.returned) + ")";
}

}  // namespace lockstep::sim
