#include "sim/trace/ndjson.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <ostream>
#include <string_view>
#include <tuple>

#include "core/text/to_text.hpp"
#include "sim/trace/json_text.hpp"

namespace lockstep::sim {

namespace {

using Buffer = fmt::memory_buffer;

// One object: opens on construction, closes with close(), puts the commas.
class Object {
 public:
  explicit Object(Buffer& out) : out_(out) { out_.push_back('{'); }
  void close() { out_.push_back('}'); }

  Buffer& key(std::string_view name) {
    if (!first_) out_.push_back(',');
    first_ = false;
    append_json(out_, name);
    out_.push_back(':');
    return out_;
  }
  void text(std::string_view name, std::string_view value) { append_json(key(name), value); }
  void text_if(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void number(std::string_view name, auto value) {
    fmt::format_to(std::back_inserter(key(name)), FMT_STRING("{}"), value);
  }
  void number_if(std::string_view name, std::uint64_t value) {
    if (value != 0) number(name, value);
  }
  void time(Instant at) { number("t", at.ns()); }
  void node(std::string_view name, NodeId id) { text(name, display_name(id)); }
  void node_if(std::string_view name, NodeId id) {
    if (id != nobody) node(name, id);
  }
  void truth(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
  void nothing(std::string_view name) { raw(name, "null"); }

 private:
  void raw(std::string_view name, std::string_view text) {
    key(name).append(text.data(), text.data() + text.size());
  }
  Buffer& out_;
  bool first_ = true;
};

template <class Items, class Write>
void array(Buffer& out, const Items& items, Write write) {
  out.push_back('[');
  bool first = true;
  for (const auto& item : items) {
    if (!first) out.push_back(',');
    first = false;
    write(item);
  }
  out.push_back(']');
}

void append(Buffer& out, const TracedSend& send) {
  Object object(out);
  object.number("id", send.id);
  object.node("to", send.to);
  object.text("name", send.name);
  if (send.arrives) object.number("arrives", send.arrives->ns());
  object.text_if("lost", send.lost);
  object.close();
}

void append(Buffer& out, const TracedStep& step) {
  Object object(out);
  object.text("type", "step");
  object.number("step", step.number);
  object.time(step.at);
  object.node("node", step.node);
  object.text("event", step.event);
  object.text_if("name", step.name);
  object.node_if("from", step.from);
  object.number_if("message", step.message);
  object.text_if("text", step.text);
  if (!step.effects.empty())
    array(object.key("effects"), step.effects,
          [&](const std::string& effect) { append_json(out, effect); });
  if (!step.sent.empty())
    array(object.key("sent"), step.sent, [&](const TracedSend& send) { append(out, send); });
  if (!step.role.empty()) {
    object.text("role", step.role);
    object.number("term", step.term);
    object.number("commit", step.commit);
  }
  object.text_if("state", step.state);
  object.close();
}

void append(Buffer& out, const TracedDrop& drop) {
  Object object(out);
  object.text("type", "drop");
  object.time(drop.at);
  object.node("node", drop.node);
  object.number("message", drop.message);
  object.close();
}

void append(Buffer& out, const TracedFault& fault) {
  Object object(out);
  object.text("type", "fault");
  object.time(fault.at);
  object.text("kind", fault.kind);
  object.text_if("text", fault.text);
  if (!fault.nodes.empty())
    array(object.key("nodes"), fault.nodes, [&](NodeId id) { append_json(out, display_name(id)); });
  if (!fault.cut_links.empty())
    array(object.key("cut"), fault.cut_links, [&](const auto& link) {
      fmt::format_to(std::back_inserter(out), R"(["{}","{}"])", display_name(link.first),
                     display_name(link.second));
    });
  object.close();
}

void append(Buffer& out, const TracedViolation& violation) {
  Object object(out);
  object.text("type", "violation");
  object.time(violation.at);
  object.number_if("step", violation.step);
  object.node_if("node", violation.node);
  object.text("rule", violation.rule);
  object.text_if("text", violation.text);
  object.close();
}

void flush(std::ostream& out, Buffer& buffer) {
  out.write(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  buffer.clear();
}

void append_parts(Object& object, Buffer& out, const HistoryOperation& operation, bool known) {
  if (operation.parts.empty()) return;
  array(object.key("parts"), operation.parts, [&](const HistoryOperation::Part& part) {
    out.append(std::string_view(part.writes ? R"(["w",)" : R"(["r",)"));
    append_json(out, part.key);
    out.push_back(',');
    if ((part.writes || known) && part.value)
      append_json(out, *part.value);
    else
      out.append(std::string_view("null"));
    out.push_back(']');
  });
}

void append_invocation(Buffer& out, const HistoryOperation& operation) {
  Object object(out);
  object.time(operation.invoked);
  object.number_if("order", operation.invoked_order);
  object.node("client", operation.client);
  object.number("id", operation.id);
  object.text("event", "invoke");
  object.text("verb", operation.verb);
  if (operation.parts.empty()) object.text("key", operation.key);
  append_parts(object, out, operation, false);
  const bool swaps = operation.verb == "cas";
  if (swaps || operation.verb == "put" || operation.verb == "append" || !operation.value.empty())
    object.text("value", operation.value);
  if (operation.expected)
    object.text("expected", *operation.expected);
  else if (swaps)
    object.nothing("expected");
  object.close();
  out.push_back('\n');
}

void append_outcome(Buffer& out, const HistoryOperation& operation) {
  using enum HistoryOperation::Outcome;
  Object object(out);
  if (operation.outcome == unknown)
    object.nothing("t");
  else
    object.time(operation.returned);
  if (operation.outcome != unknown) object.number_if("order", operation.returned_order);
  object.node("client", operation.client);
  object.number("id", operation.id);
  switch (operation.outcome) {
    case ok: object.text("event", "ok"); break;
    case failed: object.text("event", "fail"); break;
    case unknown: object.text("event", "unknown"); break;
  }
  if (operation.outcome == ok && operation.verb == "cas")
    object.truth("swapped", operation.swapped);
  if (operation.found)
    object.text("found", *operation.found);
  else if (operation.outcome == ok && operation.verb == "get")
    object.nothing("found");
  if (operation.outcome == ok) append_parts(object, out, operation, true);
  object.text_if("reason", operation.reason);
  object.close();
  out.push_back('\n');
}

struct HistoryEvent {
  Instant at;
  // 0: an outcome, 1: an invocation, 2: the outcome of an operation that took no time, 3: unknown
  int order = 0;
  std::size_t operation = 0;
};

std::vector<HistoryEvent> in_order(const std::vector<HistoryOperation>& history) {
  std::vector<HistoryEvent> events;
  events.reserve(history.size() * 2);
  for (std::size_t i = 0; i < history.size(); ++i) {
    const HistoryOperation& operation = history[i];
    const bool known = operation.outcome != HistoryOperation::Outcome::unknown;
    events.push_back({operation.invoked, 1, i});
    if (known)
      events.push_back({operation.returned, operation.returned == operation.invoked ? 2 : 0, i});
    else
      events.push_back({operation.invoked, 3, i});
  }
  const auto rank = [](const HistoryEvent& event) {
    return std::tuple(event.order == 3, event.at, event.order, event.operation);
  };
  std::sort(events.begin(), events.end(),
            [&](const HistoryEvent& a, const HistoryEvent& b) { return rank(a) < rank(b); });
  return events;
}

constexpr std::size_t flush_above = 1 << 16;

}  // namespace

void append_ndjson(fmt::memory_buffer& out, const TraceLine& line) {
  std::visit([&](const auto& alternative) { append(out, alternative); }, line);
  out.push_back('\n');
}

void write_trace(std::ostream& out, const std::vector<TraceLine>& lines) {
  Buffer buffer;
  for (const TraceLine& line : lines) {
    append_ndjson(buffer, line);
    if (buffer.size() > flush_above) flush(out, buffer);
  }
  flush(out, buffer);
}

void write_history(std::ostream& out, const std::vector<HistoryOperation>& history) {
  Buffer buffer;
  for (const HistoryEvent& event : in_order(history)) {
    const HistoryOperation& operation = history[event.operation];
    if (event.order == 1)
      append_invocation(buffer, operation);
    else
      append_outcome(buffer, operation);
    if (buffer.size() > flush_above) flush(out, buffer);
  }
  flush(out, buffer);
}

}  // namespace lockstep::sim
