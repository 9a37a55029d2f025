#include <algorithm>
#include <utility>

#include "sim/scenario/parse_parts.hpp"
#include "sim/scenario/suggest.hpp"

namespace lockstep::sim {
namespace {

constexpr std::uint32_t most_pipeline = 100'000;
constexpr std::uint32_t most_keys = 1'000'000;
constexpr std::uint32_t most_value_bytes = 16 * 1024 * 1024;
constexpr std::uint32_t most_weight = 1'000'000;

void read_mix(const Value& value, const ProtocolFormat& format, Workload& workload) {
  workload.mix.clear();
  std::uint32_t total = 0;
  for (const auto& [verb, weight] : value.members()) {
    if (std::find(format.operations.begin(), format.operations.end(), verb) ==
        format.operations.end()) {
      weight.fail_at_key("unknown operation " + in_quotes(verb) + "; " +
                         suggestion(verb, format.operations));
    }
    workload.mix.emplace_back(verb, static_cast<std::uint32_t>(weight.integer(0, most_weight)));
    total += workload.mix.back().second;
  }
  if (total == 0) value.fail("no operation has a weight above 0; add one, as \"get\": 1");
}

// { "x": argument }, one key.
std::pair<std::string, Value> read_one_key(const Value& value) {
  auto members = value.members();
  if (members.size() != 1) value.fail("wants one key and its value, as { \"x\": \"1\" }");
  return std::move(members.front());
}

void read_arguments(const Value& value, Operation& operation) {
  if (operation.verb == "post") {
    operation.value = value.string();
    return;
  }
  if (operation.verb == "get" || operation.verb == "delete") {
    operation.key = value.string();
    return;
  }
  const auto [key, argument] = read_one_key(value);
  operation.key = key;
  if (operation.verb != "cas") {
    operation.value = argument.string();
    return;
  }
  const std::vector<Value> pair = argument.items();
  if (pair.size() != 2) argument.fail("wants the expected and the next value, as [ \"1\", \"2\" ]");
  if (!pair[0].json().is_null()) operation.expected = pair[0].string();
  operation.value = pair[1].string();
}

Operation read_operation(Reader reader, const ParseContext& context) {
  Operation operation;
  const Value at = reader.need("at");
  operation.at = Instant(at.duration().ns());
  if (at.duration() >= context.duration) {
    at.fail("not before the end of the scenario, " + to_text(context.duration) +
            "; make it earlier or the duration longer");
  }
  operation.client = read_client(reader.need("client"), context);
  for (const std::string& verb : context.format.operations) {
    const auto value = reader.take(verb);
    if (!value) continue;
    if (!operation.verb.empty()) {
      value->fail_at_key("two operations in one step, '" + operation.verb + "' and '" + verb +
                         "'; make two steps of it");
    }
    operation.verb = verb;
    read_arguments(*value, operation);
  }
  reader.finish();
  if (operation.verb.empty())
    reader.fail("it has no operation; add one, " + suggestion("", context.format.operations));
  return operation;
}

void read_load(Reader& reader, Workload& workload) {
  if (const auto rate = reader.take("rate")) workload.rate = rate->rate();
  workload.think = reader.duration("think", workload.think);
  if (workload.rate && reader.has("think"))
    reader.fail("think", "an open-loop rate does not wait for answers; keep one of rate and think");
  workload.pipeline =
      static_cast<std::uint32_t>(reader.integer("pipeline", workload.pipeline, 1, most_pipeline));
  workload.keys = static_cast<std::uint32_t>(reader.integer("keys", workload.keys, 1, most_keys));
  workload.value_bytes = static_cast<std::uint32_t>(
      reader.integer("value_bytes", workload.value_bytes, 1, most_value_bytes));
  if (const auto operations = reader.take("operations"))
    workload.operations = operations->integer(0, std::uint64_t{1} << 40);
}

void read_patience(Reader& reader, Workload& workload) {
  workload.timeout = reader.positive_duration("timeout", workload.timeout);
  workload.attempt_timeout = reader.positive_duration("attempt_timeout", workload.attempt_timeout);
  if (!reader.has("attempt_timeout"))
    workload.attempt_timeout = std::min(workload.attempt_timeout, workload.timeout);
  if (workload.attempt_timeout > workload.timeout) {
    reader.fail("attempt_timeout", "longer than the timeout of the operation, " +
                                       to_text(workload.timeout) + "; make it shorter");
  }
  workload.backoff = reader.range("backoff", workload.backoff);
}

void read_span(Reader& reader, const ParseContext& context, Workload& workload) {
  workload.start = Instant(reader.duration("start", Duration(0)).ns());
  if (workload.start.since_start() >= context.duration)
    reader.fail("start", "not before the end of the scenario, " + to_text(context.duration));
  if (const auto stop = reader.take("stop")) {
    workload.stop = Instant(stop->duration().ns());
    if (*workload.stop <= workload.start)
      stop->fail("the load stops before it starts, at " + to_text(workload.start) +
                 "; make 'stop' later");
  }
}

}  // namespace

Workload read_workload(Reader reader, const ParseContext& context) {
  Workload workload;
  if (!context.format.has_clients && !reader.value().json().empty())
    reader.fail("the protocol " + context.format.name + " has no clients; leave the workload out");
  if (!reader.value().json().empty()) (void)reader.need("clients");
  workload.clients = context.clients;
  read_load(reader, workload);
  const auto& operations = context.format.operations;
  if (operations.size() == 1) workload.mix = {{operations.front(), 1}};
  if (const auto mix = reader.take("mix")) read_mix(*mix, context.format, workload);
  read_patience(reader, workload);
  read_span(reader, context, workload);
  if (const auto script = reader.take("script")) {
    for (const Value& item : script->items())
      workload.script.push_back(read_operation(item.object(), context));
  }
  reader.finish();
  // A script alone is the whole workload.
  const bool asks_for_load = workload.rate || reader.has("think") || workload.operations;
  if (!workload.script.empty() && !asks_for_load) workload.operations = 0;
  return workload;
}

}  // namespace lockstep::sim
