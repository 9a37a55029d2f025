// `lockstepctl audit verify|show`: the audit trail of a node, which may run meanwhile.
#include <fmt/format.h>

#include <concepts>
#include <cstdio>

#include "core/text/to_text.hpp"
#include "node/audit/reader.hpp"
#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/exit_codes.hpp"
#include "node/config/json.hpp"

namespace lockstep::ctl {
namespace {

using node::AuditReader;
using node::AuditRefused;
using node::AuditVerdict;
using OrderedJson = node::Json;  // keys stay as they are put

OrderedJson json_of(const Hash& hash) { return hash.hex(); }
OrderedJson json_of(const std::string& text) { return text; }
template <std::integral T>
OrderedJson json_of(T number) {
  return number;
}
template <class Tag, class Rep>
OrderedJson json_of(Strong<Tag, Rep> id) {
  return id.value();
}
template <Described T>
OrderedJson json_of(const T& value) {
  OrderedJson object = OrderedJson::object();
  T::fields(value, [&](std::string_view name, const auto& field) {
    object[std::string(name)] = json_of(field);
  });
  return object;
}

OrderedJson json_of_event(const audit::Event& event) {
  OrderedJson line;
  line["sequence"] = event.sequence.value();
  line["at_ns"] = event.at.ns();
  line["kind"] = name_of(kind_of(event.what));
  line["what"] = std::visit([](const auto& what) { return json_of(what); }, event.what);
  line["previous"] = event.previous.hex();
  line["hash"] = hash_of(event).hex();
  return line;
}

// What cannot be opened as an audit trail: a sentence for the user, and the exit code.
[[noreturn]] void stop_for(const AuditRefused& refused) {
  throw Stop(exit_no_input, refused.what());
}

void print_json(const AuditReader& reader, const AuditVerdict& verdict) {
  OrderedJson line;
  line["verdict"] = verdict.wrong.empty() ? "ok" : verdict.wrong;
  if (verdict.at != audit::Sequence()) line["at"] = verdict.at.value();
  line["cluster"] = reader.owner().cluster;
  line["node"] = reader.owner().node.value();
  line["events"] = verdict.last.value();
  line["head"] = verdict.head.hex();
  if (verdict.noted) line["noted"] = verdict.noted->value();
  line["text"] = verdict.sentence;
  fmt::print("{}\n", node::dumped(line));
}

void print_text(const AuditReader& reader, const AuditWords& words, const AuditVerdict& verdict) {
  if (!verdict.wrong.empty()) {
    fmt::print(stderr, "lockstepctl: {}: {}: {}\n", words.file, verdict.wrong, verdict.sentence);
    return;
  }
  fmt::print("ok: {} events of node {} of cluster {}\nhead {}\n", verdict.last.value(),
             reader.owner().node.value(), json_text(reader.owner().cluster), verdict.head.hex());
  if (verdict.noted)
    fmt::print("noted head: that of event {}; {} follow it\n", verdict.noted->value(),
               verdict.last.value() - verdict.noted->value());
}

}  // namespace

int audit_verify(const Common& common, const AuditWords& words) {
  std::optional<Hash> head;
  if (!words.head.empty()) {
    head = Hash::from_hex(words.head);
    if (!head) throw Stop(exit_usage, "--head takes the 64 hexadecimal digits of a hash");
  }
  try {
    AuditReader reader(words.file);
    const AuditVerdict verdict = reader.verify(head);
    common.json ? print_json(reader, verdict) : print_text(reader, words, verdict);
    return verdict.wrong.empty() ? exit_ok : exit_no;
  } catch (const AuditRefused& refused) {
    stop_for(refused);
  }
}

int audit_show(const Common& common, const AuditWords& words) {
  try {
    AuditReader(words.file).events(audit::Sequence(words.from), [&](const audit::Event& event) {
      if (common.json) {
        fmt::print("{}\n", node::dumped(json_of_event(event)));
      } else {
        fmt::print("{} {} {}\n", event.sequence.value(), to_text(event.at), to_text(event.what));
      }
      return std::ferror(stdout) == 0;
    });
  } catch (const AuditRefused& refused) {
    stop_for(refused);
  }
  return exit_ok;
}

}  // namespace lockstep::ctl
