#include "sim/check/histories_of_others.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "sim/check/edn.hpp"

namespace lockstep::sim {

namespace {

using Outcome = HistoryOperation::Outcome;

[[noreturn]] void refuse(std::size_t line, const std::string& what) {
  throw HistoryRefused("line " + std::to_string(line) + ": " + what);
}

// Puts invocations and returns together, by process.
class Assembler {
 public:
  // A write that returned before everything else. REQUIRES: nothing invoked yet, or another key.
  void starts_from(const std::string& key, const std::string& value) {
    HistoryOperation operation;
    operation.verb = "put";
    operation.key = key;
    operation.value = value;
    operation.outcome = Outcome::ok;
    add(std::move(operation), Instant());
    history_.back().returned = Instant(1);
  }

  // The operation may be changed until the next call.
  HistoryOperation& invoke(std::size_t line, const std::string& process,
                           HistoryOperation operation) {
    if (open_.contains(process))
      refuse(line, "process " + process + " has an operation open already");
    open_[process] = history_.size();
    add(std::move(operation), tick());
    return history_.back();
  }
  HistoryOperation& end(std::size_t line, const std::string& process, Outcome outcome) {
    const auto at = open_.find(process);
    if (at == open_.end()) refuse(line, "process " + process + " has no operation open");
    HistoryOperation& operation = history_[at->second];
    open_.erase(at);
    operation.outcome = outcome;
    operation.returned = tick();
    return operation;
  }
  std::vector<HistoryOperation> take() { return std::move(history_); }

 private:
  Instant tick() { return now_ = now_ + nanoseconds(1); }
  void add(HistoryOperation operation, Instant at) {
    operation.id = history_.size() + 1;
    operation.invoked = at;
    history_.push_back(std::move(operation));
  }
  Instant now_{1};
  std::map<std::string, std::size_t> open_;  // by process: place in the history
  std::vector<HistoryOperation> history_;
};

std::optional<std::string> value_of(const Edn& value) {
  return value.is("nil") ? std::nullopt : std::optional(value.text);
}

HistoryOperation register_operation(const Edn& op, const Edn& value) {
  HistoryOperation operation;
  operation.key = "register";
  if (op.is(":read")) {
    operation.verb = "get";
  } else if (op.is(":write")) {
    operation.verb = "put";
    operation.value = value.text;
  } else if (op.is(":cas")) {
    if (value.items.size() != 2) refuse(value.line, "a cas has two values, as [0 1]");
    operation.verb = "cas";
    operation.expected = value_of(value.items[0]);
    operation.value = value.items[1].text;
  } else {
    refuse(op.line, "the operation is " + op.text + ", not :read, :write or :cas");
  }
  return operation;
}

const Edn& field(const Edn& event, std::string_view key) {
  const Edn* value = event.find(key);
  if (value == nullptr) refuse(event.line, "an event has no " + std::string(key));
  return *value;
}

Outcome outcome_of(const Edn& type, Outcome when_failed) {
  if (type.is(":ok")) return Outcome::ok;
  if (type.is(":fail")) return when_failed;
  if (type.is(":info")) return Outcome::unknown;
  refuse(type.line, "the type is " + type.text + ", not :invoke, :ok, :fail or :info");
}

}  // namespace

std::vector<HistoryOperation> read_etcd_log(std::string_view text) {
  constexpr std::string_view start = "jepsen.util - ";
  Assembler assembler;
  std::size_t line = 0;
  while (!text.empty()) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), whole.size() + 1));
    ++line;
    const std::size_t at = whole.find(start);
    if (at == std::string_view::npos) continue;
    std::vector<Edn> words;
    try {
      words = parse_edn(whole.substr(at + start.size()));
    } catch (const HistoryRefused& refused) {
      refuse(line, refused.what());
    }
    if (words.size() != 4) refuse(line, "an event is process, type, operation and value");
    for (Edn& word : words) word.line = line;
    const std::string& process = words[0].text;
    if (words[1].is(":invoke")) {
      assembler.invoke(line, process, register_operation(words[2], words[3]));
      continue;
    }
    const bool refused = words[2].is(":cas") && !words[3].is(":timed-out");
    const bool ok = words[1].is(":ok");
    HistoryOperation& operation = assembler.end(
        line, process, outcome_of(words[1], refused ? Outcome::ok : Outcome::unknown));
    operation.swapped = ok;
    if (ok && operation.verb == "get") operation.found = value_of(words[3]);
  }
  return assembler.take();
}

std::vector<HistoryOperation> read_porcupine_kv(std::string_view text) {
  const std::vector<Edn> events = parse_edn(text);
  Assembler assembler;
  std::set<std::string> keys;
  for (const Edn& event : events) {
    const std::string& key = field(event, ":key").text;
    if (keys.insert(key).second) assembler.starts_from(key, "");
  }
  for (const Edn& event : events) {
    const std::string& process = field(event, ":process").text;
    const Edn& type = field(event, ":type");
    const Edn& value = field(event, ":value");
    if (type.is(":invoke")) {
      HistoryOperation operation;
      const std::string& verb = field(event, ":f").text;
      if (verb != ":get" && verb != ":put" && verb != ":append")
        refuse(event.line, "the operation is " + verb + ", not :get, :put or :append");
      operation.verb = verb.substr(1);
      operation.key = field(event, ":key").text;
      operation.value = value.text;
      assembler.invoke(event.line, process, std::move(operation));
    } else {
      HistoryOperation& operation =
          assembler.end(event.line, process, outcome_of(type, Outcome::failed));
      if (operation.verb == "get") operation.found = value_of(value);
    }
  }
  return assembler.take();
}

std::vector<HistoryOperation> read_knossos_edn(std::string_view text) {
  std::vector<Edn> events = parse_edn(text);
  if (events.size() == 1 && events[0].kind == Edn::Kind::vector) {
    std::vector<Edn> inside = std::move(events[0].items);
    events = std::move(inside);
  }
  Assembler assembler;
  assembler.starts_from("register", "0");
  for (const Edn& event : events) {
    const Edn& process = field(event, ":process");
    if (process.is(":nemesis")) continue;
    const Edn& type = field(event, ":type");
    const Edn& value = field(event, ":value");
    if (type.is(":invoke")) {
      assembler.invoke(event.line, process.text, register_operation(field(event, ":f"), value));
      continue;
    }
    HistoryOperation& operation =
        assembler.end(event.line, process.text, outcome_of(type, Outcome::failed));
    operation.swapped = operation.outcome == Outcome::ok;
    if (operation.verb != "get") continue;
    operation.found = value_of(value);
    if (!operation.found) operation.outcome = Outcome::unknown;
  }
  return assembler.take();
}

}  // namespace lockstep::sim
