#include "sim/trace/history_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "sim/faults/targets.hpp"

namespace lockstep::sim {

namespace {

using nlohmann::json;
using Outcome = HistoryOperation::Outcome;

std::optional<std::string> text_or_null(const json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

NodeId endpoint(const std::string& name) {
  std::uint32_t number = 0;
  const char* const end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + 1, end, number);
  if (name.size() < 2 || (name[0] != 'c' && name[0] != 'n') || parsed.ec != std::errc() ||
      parsed.ptr != end || number >= client_base)
    throw HistoryRefused("'" + name + "' is no client; write c1 for the first");
  return NodeId(name[0] == 'c' ? client_base + number : number);
}

std::vector<HistoryOperation::Part> parts_of(const json& list) {
  std::vector<HistoryOperation::Part> parts;
  for (const json& item : list) {
    const std::string kind = item.at(0).get<std::string>();
    if (kind != "r" && kind != "w")
      throw HistoryRefused("a part is [\"r\", KEY, VALUE] or [\"w\", KEY, VALUE]");
    parts.push_back({kind == "w", item.at(1).get<std::string>(), text_or_null(item.at(2))});
  }
  return parts;
}

class Assembler {
 public:
  void add(const json& line) {
    const auto id = line.at("id").get<std::uint64_t>();
    const auto event = line.at("event").get<std::string>();
    if (event == "invoke") {
      const bool fresh = operations_.try_emplace(id).second;
      if (!fresh) throw HistoryRefused("operation " + std::to_string(id) + " begins twice");
      begin(operations_[id], line);
      operations_[id].id = id;
      return;
    }
    const auto at = operations_.find(id);
    if (at == operations_.end())
      throw HistoryRefused("operation " + std::to_string(id) + " ends before it begins");
    end(at->second, event, line);
  }
  std::vector<HistoryOperation> take() {
    std::vector<HistoryOperation> history;
    for (auto& [id, operation] : operations_) history.push_back(std::move(operation));
    return history;
  }

 private:
  static void begin(HistoryOperation& operation, const json& line) {
    operation.client = endpoint(line.at("client").get<std::string>());
    operation.verb = line.at("verb").get<std::string>();
    operation.key = line.value("key", "");
    operation.value = line.value("value", "");
    if (line.contains("expected")) operation.expected = text_or_null(line.at("expected"));
    if (line.contains("parts")) operation.parts = parts_of(line.at("parts"));
    operation.invoked = Instant(line.at("t").get<std::int64_t>());
    operation.invoked_order = line.value("order", std::uint64_t{0});
  }
  static void end(HistoryOperation& operation, const std::string& event, const json& line) {
    operation.reason = line.value("reason", "");
    if (event == "unknown") return;
    if (event != "ok" && event != "fail")
      throw HistoryRefused("the event is '" + event + "', not invoke, ok, fail or unknown");
    operation.outcome = event == "ok" ? Outcome::ok : Outcome::failed;
    operation.returned = Instant(line.at("t").get<std::int64_t>());
    operation.returned_order = line.value("order", std::uint64_t{0});
    if (operation.returned < operation.invoked)
      throw HistoryRefused("operation " + std::to_string(operation.id) + " ends before it begins");
    if (line.contains("found")) operation.found = text_or_null(line.at("found"));
    if (line.contains("parts")) operation.parts = parts_of(line.at("parts"));
    operation.swapped = line.value("swapped", false);
  }

  std::map<std::uint64_t, HistoryOperation> operations_;
};

}  // namespace

std::vector<HistoryOperation> read_history_ndjson(std::string_view text) {
  Assembler assembler;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty()) continue;
    const std::string where = "line " + std::to_string(number) + ": ";
    try {
      assembler.add(json::parse(line));
    } catch (const HistoryRefused& refused) {
      throw HistoryRefused(where + refused.what());
    } catch (const json::exception& error) {
      throw HistoryRefused(where + "no line of a history: " + error.what());
    }
  }
  return assembler.take();
}

}  // namespace lockstep::sim
