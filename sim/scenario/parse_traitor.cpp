#include "sim/scenario/parse_parts.hpp"
#include "sim/scenario/suggest.hpp"

namespace lockstep::sim {
namespace {

using Deed = Treason::Kind;

constexpr std::int64_t largest_amount = std::int64_t{1} << 53;  // what any JSON can hold

std::vector<NodeId> read_receivers(const Value& value, const ParseContext& context) {
  if (!value.json().is_array()) return {read_node(value, context.nodes)};
  std::vector<NodeId> receivers;
  for (const Value& item : value.items()) receivers.push_back(read_node(item, context.nodes));
  if (receivers.empty()) value.fail("is empty; name a node or leave the key out");
  return receivers;
}

std::string read_known(const Value& value, const std::vector<std::string>& known) {
  return known[value.choice(known)];
}

std::int64_t read_amount(const Value& value) {
  const auto& json = value.json();
  const bool negative = json.is_number_integer() && json.get<std::int64_t>() < 0;
  if (!negative) return static_cast<std::int64_t>(value.integer(0, largest_amount));
  if (json.get<std::int64_t>() < -largest_amount) value.fail("is too far below 0; make it nearer");
  return json.get<std::int64_t>();
}

void read_field(Reader& reader, const ParseContext& context, Treason& treason) {
  treason.field = read_known(reader.need("field"), context.format.fields);
  const auto set = treason.kind == Deed::lie ? reader.take("set") : std::nullopt;
  const auto add = reader.take("add");
  if (set && add) add->fail_at_key("'set' and 'add' exclude each other; keep one of them");
  if (!set && !add) reader.fail("how is it changed? add 'add'");
  treason.set = set.has_value();
  treason.amount = read_amount(set ? *set : *add);
}

Treason read_treason(Reader item, const ParseContext& context) {
  Treason treason;
  std::optional<Value> found;
  for (const Deed kind : {Deed::silent, Deed::lie, Deed::equivocate, Deed::replay, Deed::forge}) {
    const auto value = item.take(std::string(name_of(kind)));
    if (!value) continue;
    if (found) value->fail_at_key("two in one; make two of it");
    found = value;
    treason.kind = kind;
  }
  item.finish();
  if (!found) item.fail("does nothing; add 'silent', 'lie', 'equivocate', 'replay' or 'forge'");
  Reader reader = found->object();
  if (const auto to = reader.take("to")) treason.to = read_receivers(*to, context);
  if (const auto message = reader.take("message"))
    treason.message = read_known(*message, context.format.messages);
  treason.ratio = reader.ratio("ratio", treason.ratio);
  if (treason.kind == Deed::forge) treason.sender = read_node(reader.need("as"), context.nodes);
  if (treason.kind == Deed::lie) {
    if (const auto as = reader.take("as")) treason.as = read_known(*as, context.format.messages);
    if (treason.as.empty() || reader.has("field")) read_field(reader, context, treason);
  }
  if (treason.kind == Deed::equivocate) read_field(reader, context, treason);
  reader.finish();
  return treason;
}

}  // namespace

FaultAction read_traitor(const Value& value, const ParseContext& context) {
  Reader reader = value.object();
  Traitor traitor{read_nodes(reader.need("who"), context), {}};
  const Value does = reader.need("does");
  for (const Value& item : does.items())
    traitor.does.push_back(read_treason(item.object(), context));
  if (traitor.does.empty()) does.fail("is empty; say what it does");
  reader.finish();
  return traitor;
}

}  // namespace lockstep::sim
