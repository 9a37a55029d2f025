// Short ways to write histories, and histories made at random, for tests only.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.hpp"
#include "sim/check/history.hpp"

namespace lockstep::sim::for_tests {

// A history written down operation by operation: times in milliseconds; a return at 0 or below
// means that the outcome is unknown.
class Written {
 public:
  Written& put(int from, int to, std::string key, std::string value) {
    HistoryOperation& operation = add("put", from, to, std::move(key));
    operation.value = std::move(value);
    return *this;
  }
  Written& append(int from, int to, std::string key, std::string value) {
    HistoryOperation& operation = add("append", from, to, std::move(key));
    operation.value = std::move(value);
    return *this;
  }
  Written& remove(int from, int to, std::string key) {
    add("delete", from, to, std::move(key));
    return *this;
  }
  Written& get(int from, int to, std::string key, std::optional<std::string> found) {
    add("get", from, to, std::move(key)).found = std::move(found);
    return *this;
  }
  Written& cas(int from, int to, std::string key, std::optional<std::string> expected,
               std::string value, bool swapped) {
    HistoryOperation& operation = add("cas", from, to, std::move(key));
    operation.expected = std::move(expected);
    operation.value = std::move(value);
    operation.swapped = swapped;
    return *this;
  }
  Written& failed() {
    history.back().outcome = HistoryOperation::Outcome::failed;
    return *this;
  }
  std::vector<HistoryOperation> history;

 private:
  HistoryOperation& add(const char* verb, int from, int to, std::string key) {
    HistoryOperation operation;
    operation.id = history.size() + 1;
    operation.client = NodeId(client_base + 1 + static_cast<std::uint32_t>(history.size() % 4));
    operation.verb = verb;
    operation.key = std::move(key);
    operation.invoked = Instant() + milliseconds(from);
    operation.returned = Instant() + milliseconds(to);
    operation.outcome = to > 0 ? HistoryOperation::Outcome::ok : HistoryOperation::Outcome::unknown;
    history.push_back(std::move(operation));
    return history.back();
  }
};

struct MadeUp {
  std::uint32_t operations = 1000;
  std::uint32_t open_at_once = 4;  // about: clients that each do one operation after another
  std::uint32_t keys = 8;
  std::uint32_t values = 0;  // how many different ones; 0: each write has its own
  bool append = false;
  Ratio unknown{0, 1};  // operations whose outcome the client never learns; half take effect
};

inline void take_effect(HistoryOperation& operation, std::map<std::string, std::string>& store) {
  const auto at = store.find(operation.key);
  const std::optional<std::string> found =
      at == store.end() ? std::nullopt : std::optional(at->second);
  if (operation.verb == "get") operation.found = found;
  if (operation.verb == "put") store[operation.key] = operation.value;
  if (operation.verb == "append") store[operation.key] += operation.value;
  if (operation.verb == "delete") store.erase(operation.key);
  if (operation.verb == "cas") {
    // The expectation is chosen late, so that about half of them hold.
    if (operation.reason == "hit") operation.expected = found;
    operation.swapped = operation.expected == found;
    if (operation.swapped) store[operation.key] = operation.value;
  }
  operation.reason.clear();
}

// What clients of a correct store see: each operation takes effect at a random instant inside its
// interval, in the order of those instants.
inline std::vector<HistoryOperation> linearizable_history(Random& random, const MadeUp& how) {
  struct Effect {
    Instant at;
    std::size_t operation;
  };
  std::vector<HistoryOperation> history(how.operations);
  std::vector<Effect> effects;
  std::vector<Instant> free_from(how.open_at_once);
  for (std::size_t i = 0; i < history.size(); ++i) {
    HistoryOperation& operation = history[i];
    const auto client = std::min_element(free_from.begin(), free_from.end()) - free_from.begin();
    Instant& clock = free_from[static_cast<std::size_t>(client)];
    operation.id = i + 1;
    operation.client = NodeId(client_base + 1 + static_cast<std::uint32_t>(client));
    operation.key = "k" + std::to_string(random.below(how.keys));
    const std::uint64_t dice = random.below(how.append ? 12 : 11);
    operation.verb = dice < 3    ? "put"
                     : dice < 8  ? "get"
                     : dice < 10 ? "cas"
                     : dice < 11 ? "delete"
                                 : "append";
    const std::uint64_t value = how.values == 0 ? i : random.below(how.values);
    operation.value = "v" + std::to_string(value);
    if (operation.verb == "cas" && random.below(2) == 0) operation.reason = "hit";
    operation.expected = "v" + std::to_string(how.values == 0 ? 0 : random.below(how.values));
    operation.invoked = clock + microseconds(random.between(1, 100));
    operation.returned = operation.invoked + microseconds(random.between(1, 1000));
    operation.outcome = random.chance(how.unknown) ? HistoryOperation::Outcome::unknown
                                                   : HistoryOperation::Outcome::ok;
    clock = operation.returned;
    const Duration width = operation.returned - operation.invoked;
    Instant at = operation.invoked + Duration(random.between(0, width.ns()));
    if (operation.outcome == HistoryOperation::Outcome::unknown)
      at = at + width * random.between(0, 20);
    if (operation.outcome == HistoryOperation::Outcome::ok || random.below(2) == 0)
      effects.push_back({at, i});
  }
  std::sort(effects.begin(), effects.end(), [](const Effect& a, const Effect& b) {
    return std::pair(a.at, a.operation) < std::pair(b.at, b.operation);
  });
  std::map<std::string, std::string> store;
  for (const Effect& effect : effects) take_effect(history[effect.operation], store);
  for (HistoryOperation& operation : history) operation.reason.clear();
  return history;
}

}  // namespace lockstep::sim::for_tests
