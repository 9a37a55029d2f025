#include "sim/check/judge.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "sim/check/explain.hpp"
#include "sim/check/mutex.hpp"
#include "sim/check/operations.hpp"
#include "sim/check/registers.hpp"

namespace lockstep::sim {

namespace {

struct Known {
  ModelName model;
  std::string_view name;
  std::vector<std::string_view> verbs;
};

const std::array<Known, 5>& models() {
  static const std::array<Known, 5> all{{
      {ModelName::register_, "register", {"get", "put"}},
      {ModelName::cas_register, "cas-register", {"get", "put", "cas"}},
      {ModelName::kv, "kv", {"get", "put", "delete", "append", "cas"}},
      {ModelName::multi_register, "multi-register", {"txn", "get", "put"}},
      {ModelName::mutex, "mutex", {"acquire", "release"}},
  }};
  return all;
}

void require_known_verbs(ModelName model, std::span<const HistoryOperation> history) {
  const Known& known = models()[static_cast<std::size_t>(model)];
  for (const HistoryOperation& operation : history) {
    if (std::find(known.verbs.begin(), known.verbs.end(), operation.verb) != known.verbs.end())
      continue;
    std::string text = "operation #" + std::to_string(operation.id) + " is \"" + operation.verb +
                       "\"; model " + std::string(known.name) + " has";
    for (const std::string_view verb : known.verbs) text += " " + std::string(verb);
    for (const Known& other : models()) {
      if (std::find(other.verbs.begin(), other.verbs.end(), operation.verb) == other.verbs.end())
        continue;
      throw HistoryRefused(text + "; try --model " + std::string(other.name));
    }
    throw HistoryRefused(text);
  }
}

template <class Action, class Act>
Timeline<Action> timeline_of(std::span<const HistoryOperation> history, const KeyPart& part,
                             Act act) {
  std::vector<Call<Action>> calls;
  calls.reserve(part.operations.size());
  for (const std::uint32_t i : part.operations)
    calls.push_back(call_of<Action>(history[i], i, act(history[i])));
  return Timeline<Action>(calls);
}

Explanation explain_cell(std::span<const HistoryOperation> history, const KeyPart& part,
                         const SearchLimit& limit) {
  Cell cell;
  const auto time = timeline_of<Cell::Action>(
      history, part, [&](const HistoryOperation& o) { return cell_action(o, cell); });
  std::optional<std::uint32_t> hopeless = first_out_of_nowhere(cell, time);
  if (hopeless) ++*hopeless;  // from a place to how many have returned with it
  return explain<Cell, CellGuide>(cell, time, limit, hopeless);
}

Explanation explain_mutex(std::span<const HistoryOperation> history, const KeyPart& part,
                          const SearchLimit& limit) {
  Mutex mutex;
  const auto time = timeline_of<Mutex::Action>(
      history, part, [](const HistoryOperation& o) { return Mutex::Action{o.verb == "acquire"}; });
  return explain(mutex, time, limit);
}

Explanation explain_registers(std::span<const HistoryOperation> history, const KeyPart& part,
                              const SearchLimit& limit) {
  Registers registers;
  const auto action = [&](const HistoryOperation& operation) {
    Registers::Action made;
    const bool known = operation.outcome == HistoryOperation::Outcome::ok;
    const auto add = [&](bool writes, const std::string& key,
                         const std::optional<std::string>& value) {
      // Nobody knows what a transaction without an answer has read.
      if (writes || known)
        made.parts.push_back({writes, registers.which(key), registers.value(value)});
    };
    if (operation.verb == "get") add(false, operation.key, operation.found);
    if (operation.verb == "put") add(true, operation.key, operation.value);
    for (const HistoryOperation::Part& part_of_it : operation.parts)
      add(part_of_it.writes, part_of_it.key, part_of_it.value);
    return made;
  };
  const auto time = timeline_of<Registers::Action>(history, part, action);
  return explain(registers, time, limit);
}

Explanation explain_part(ModelName model, std::span<const HistoryOperation> history,
                         const KeyPart& part, const SearchLimit& limit) {
  if (model == ModelName::mutex) return explain_mutex(history, part, limit);
  if (model == ModelName::multi_register) return explain_registers(history, part, limit);
  return explain_cell(history, part, limit);
}

std::vector<KeyPart> parts_of(ModelName model, std::span<const HistoryOperation> history) {
  if (model != ModelName::multi_register) return by_key(history);
  KeyPart all;
  for (std::uint32_t i = 0; i < history.size(); ++i)
    if (!says_nothing(history[i])) all.operations.push_back(i);
  return {all};
}

bool returns_before(const HistoryOperation& a, const HistoryOperation& b) {
  return std::tuple(a.returned, a.returned_order) < std::tuple(b.returned, b.returned_order);
}

// Takes over what is known of one part where nothing worse is known of another.
void merge(Judgement& out, std::span<const HistoryOperation> history, const KeyPart& part,
           Explanation&& found) {
  out.steps += found.steps;
  out.operations += part.operations.size();
  if (found.verdict == Verdict::linearizable && out.keys > 1) return;
  if (found.verdict == Verdict::undecided && out.verdict != Verdict::linearizable) return;
  if (found.verdict == Verdict::violated && out.verdict == Verdict::violated) {
    if (!found.stuck) return;
    if (out.stuck && !returns_before(history[*found.stuck], history[*out.stuck])) return;
  }
  out.verdict = found.verdict;
  out.key = std::string(part.key);
  out.longest = found.longest;
  out.state = std::move(found.state);
  out.stuck.reset();
  if (found.stuck) out.stuck = static_cast<std::uint32_t>(*found.stuck);
  out.order.assign(found.order.begin(), found.order.end());
}

std::string sentence(const Judgement& out, std::span<const HistoryOperation> history) {
  if (out.verdict == Verdict::linearizable)
    return std::to_string(out.operations) +
           (out.operations == 1 ? " operation on " : " operations on ") + std::to_string(out.keys) +
           (out.keys == 1 ? " key" : " keys") +
           (out.operations == 1 ? " has an order" : " have an order");
  const std::string key = out.key.empty() ? "" : "key " + out.key + ": ";
  if (out.verdict == Verdict::undecided)
    return key + "not decided within " + std::to_string(out.steps) + " steps; allow more";
  if (!out.stuck) return key + "no order exists; where it goes wrong was not found";
  return key + named(history[*out.stuck]) + " fits nowhere; the value before it is " + out.state;
}

}  // namespace

std::string_view name_of(ModelName model) { return models()[static_cast<std::size_t>(model)].name; }

std::optional<ModelName> model_of(std::string_view name) {
  for (const Known& known : models())
    if (known.name == name) return known.model;
  return std::nullopt;
}

Judgement judge(ModelName model, std::span<const HistoryOperation> history,
                const SearchLimit& limit) {
  require_known_verbs(model, history);
  Judgement out;
  const std::vector<KeyPart> parts = parts_of(model, history);
  out.keys = parts.size();
  for (const KeyPart& part : parts) {
    const SearchLimit left{limit.steps - std::min(limit.steps, out.steps), limit.expired};
    merge(out, history, part, explain_part(model, history, part, left));
  }
  for (const HistoryOperation& operation : history) {
    if (operation.outcome != HistoryOperation::Outcome::ok) continue;
    if (out.verdict == Verdict::linearizable ||
        (out.stuck && returns_before(operation, history[*out.stuck])))
      ++out.prefix;
  }
  out.text = sentence(out, history);
  return out;
}

}  // namespace lockstep::sim
