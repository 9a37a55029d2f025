#include "property_tests/models/orders.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace lockstep::properties {

using sim::HistoryOperation;
using Outcome = HistoryOperation::Outcome;

namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

std::optional<std::string> value_of(const Values& values, const std::string& key) {
  for (const auto& [name, value] : values)
    if (name == key) return value;
  return std::nullopt;
}

void set(Values& values, const std::string& key, const std::optional<std::string>& value) {
  std::erase_if(values, [&](const auto& pair) { return pair.first == key; });
  if (value) values.emplace_back(key, *value);
}

bool returned(const HistoryOperation& operation) { return operation.outcome == Outcome::ok; }

bool comes_before(const HistoryOperation& a, const HistoryOperation& b) {
  return returned(a) &&
         std::pair(a.returned, a.returned_order) < std::pair(b.invoked, b.invoked_order);
}

bool place_next(const std::vector<HistoryOperation>& all, std::vector<bool>& placed,
                const PlainObject& object) {
  bool all_placed = true;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (returned(all[i]) && !placed[i]) all_placed = false;
  if (all_placed) return true;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (placed[i]) continue;
    bool first = true;
    for (std::size_t k = 0; k < all.size(); ++k)
      if (!placed[k] && k != i && comes_before(all[k], all[i])) first = false;
    PlainObject after = object;
    if (!first || !after.perform(all[i])) continue;
    placed[i] = true;
    if (place_next(all, placed, after)) return true;
    placed[i] = false;
  }
  return false;
}

}  // namespace

bool PlainObject::perform(const HistoryOperation& operation) {
  const bool known = returned(operation);
  const std::string& verb = operation.verb;
  const auto now = value_of(values_, operation.key);
  if (verb == "get") return !known || now == operation.found;
  if (verb == "put") return set(values_, operation.key, operation.value), true;
  if (verb == "delete") return set(values_, operation.key, std::nullopt), true;
  if (verb == "append")
    return set(values_, operation.key, now.value_or("") + operation.value), true;
  if (verb == "cas") {
    const bool swaps = now == operation.expected;
    if (known && swaps != operation.swapped) return false;
    if (swaps) set(values_, operation.key, operation.value);
    return true;
  }
  if (verb == "acquire") return !now && (set(values_, operation.key, "held"), true);
  if (verb == "release") return now && (set(values_, operation.key, std::nullopt), true);
  return touch(operation);
}

bool PlainObject::touch(const HistoryOperation& operation) {
  for (const HistoryOperation::Part& part : operation.parts) {
    if (part.writes)
      set(values_, part.key, part.value);
    else if (returned(operation) && value_of(values_, part.key) != part.value)
      return false;
  }
  return true;
}

bool some_order_explains(const std::vector<HistoryOperation>& history) {
  std::vector<HistoryOperation> all;
  for (const HistoryOperation& operation : history)
    if (operation.outcome != Outcome::failed) all.push_back(operation);
  std::vector<bool> placed(all.size());
  return place_next(all, placed, PlainObject());
}

}  // namespace lockstep::properties
