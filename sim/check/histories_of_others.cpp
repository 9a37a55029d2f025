#include "sim/check/histories_of_others.hpp"

#include <algorithm>
#include <charconv>
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
    operation.client = client(process);
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
  // Named after its process where that is a small number, else by turn.
  NodeId client(const std::string& process) {
    std::uint32_t number = 0;
    const char* const end = process.data() + process.size();
    const auto parsed = std::from_chars(process.data(), end, number);
    const bool small = parsed.ec == std::errc() && parsed.ptr == end && number < named_by_turn;
    if (!small)
      number =
          clients_.try_emplace(process, named_by_turn + static_cast<std::uint32_t>(clients_.size()))
              .first->second;
    return NodeId(client_base + number);
  }
  void add(HistoryOperation operation, Instant at) {
    operation.id = history_.size() + 1;
    operation.invoked = at;
    history_.push_back(std::move(operation));
  }
  static constexpr std::uint32_t named_by_turn = 1'000'000;
  Instant now_{1};
  std::map<std::string, std::uint32_t> clients_;
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

std::vector<HistoryOperation::Part> parts_of(const Edn& value) {
  std::vector<HistoryOperation::Part> parts;
  if (value.kind != Edn::Kind::vector) refuse(value.line, "a txn has a vector of reads and writes");
  for (const Edn& item : value.items) {
    const bool three = item.kind == Edn::Kind::vector && item.items.size() == 3;
    const bool writes = three && (item.items[0].is(":write") || item.items[0].is(":w"));
    if (!writes && !(three && (item.items[0].is(":read") || item.items[0].is(":r"))))
      refuse(item.line, "a part of a txn is [:read KEY VALUE] or [:write KEY VALUE]");
    parts.push_back({writes, item.items[1].text, value_of(item.items[2])});
  }
  return parts;
}

HistoryOperation knossos_operation(ModelName model, const Edn& op, const Edn& value) {
  HistoryOperation operation;
  if (model == ModelName::mutex) {
    if (!op.is(":acquire") && !op.is(":release"))
      refuse(op.line, "the operation is " + op.text + ", not :acquire or :release");
    operation.verb = op.text.substr(1);
    operation.key = "lock";
  } else if (model == ModelName::multi_register) {
    if (!op.is(":txn")) refuse(op.line, "the operation is " + op.text + ", not :txn");
    operation.verb = "txn";
    operation.parts = parts_of(value);
  } else {
    return register_operation(op, value);
  }
  return operation;
}

// What a register starts from, for each that the history names.
void start_registers(Assembler& assembler, ModelName model, const std::vector<Edn>& events) {
  if (model == ModelName::mutex) return;
  if (model != ModelName::multi_register) return assembler.starts_from("register", "0");
  std::set<std::string> names;
  for (const Edn& event : events) {
    const Edn* op = event.find(":f");
    const Edn* value = event.find(":value");
    if (op == nullptr || !op->is(":txn") || value == nullptr) continue;
    for (const HistoryOperation::Part& part : parts_of(*value))
      if (names.insert(part.key).second) assembler.starts_from(part.key, "0");
  }
}

void learn(HistoryOperation& operation, const Edn& value) {
  operation.swapped = operation.outcome == Outcome::ok;
  if (operation.verb == "get") {
    operation.found = value_of(value);
    if (!operation.found) operation.outcome = Outcome::unknown;
  }
  if (operation.verb == "txn" && operation.outcome == Outcome::ok) {
    operation.parts = parts_of(value);
    std::erase_if(operation.parts,
                  [](const HistoryOperation::Part& part) { return !part.writes && !part.value; });
  }
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

std::vector<HistoryOperation> read_knossos_edn(std::string_view text, ModelName model) {
  if (model == ModelName::kv) throw HistoryRefused("Knossos has no model kv; see lin --help");
  std::vector<Edn> events = parse_edn(text);
  if (events.size() == 1 && events[0].kind == Edn::Kind::vector) {
    std::vector<Edn> inside = std::move(events[0].items);
    events = std::move(inside);
  }
  Assembler assembler;
  start_registers(assembler, model, events);
  for (const Edn& event : events) {
    const Edn& process = field(event, ":process");
    if (process.is(":nemesis")) continue;
    const Edn& type = field(event, ":type");
    const Edn& value = field(event, ":value");
    if (type.is(":invoke")) {
      assembler.invoke(event.line, process.text,
                       knossos_operation(model, field(event, ":f"), value));
      continue;
    }
    learn(assembler.end(event.line, process.text, outcome_of(type, Outcome::failed)), value);
  }
  return assembler.take();
}

}  // namespace lockstep::sim
