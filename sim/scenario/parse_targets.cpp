#include <algorithm>
#include <charconv>

#include "sim/scenario/parse_parts.hpp"
#include "sim/scenario/suggest.hpp"

namespace lockstep::sim {
namespace {

using Kind = Target::Kind;

struct Word {
  const char* name;
  Kind kind;
  bool role;  // only where the protocol has it
};
constexpr Word words[] = {
    {"leader", Kind::leader, true},       {"follower", Kind::follower, true},
    {"candidate", Kind::candidate, true}, {"coordinator", Kind::coordinator, true},
    {"random", Kind::random, false},      {"any", Kind::any, false},
    {"majority", Kind::majority, false},  {"minority", Kind::minority, false},
    {"rest", Kind::rest, false},          {"all", Kind::all, false},
    {"clients", Kind::clients, false},
};

bool has_role(const ProtocolFormat& format, const std::string& role) {
  return std::find(format.roles.begin(), format.roles.end(), role) != format.roles.end();
}

// "n3" as 3 where the letter is 'n'; 0 when it is not of that form.
std::uint32_t number_after(char letter, const std::string& name) {
  if (name.size() < 2 || name[0] != letter || name[1] < '1' || name[1] > '9') return 0;
  std::uint32_t number = 0;
  const char* end = name.data() + name.size();
  const auto result = std::from_chars(name.data() + 1, end, number);
  return result.ec == std::errc() && result.ptr == end ? number : 0;
}

std::vector<std::string> known_targets(const ProtocolFormat& format) {
  std::vector<std::string> known{"n1"};
  if (format.has_clients) known.push_back("c1");
  for (const Word& word : words) {
    if (!word.role || has_role(format, word.name)) known.push_back(word.name);
  }
  return known;
}

bool looks_numbered(const std::string& name, char letter) {
  return name.size() > 1 && name[0] == letter &&
         name.find_first_not_of("0123456789", 1) == std::string::npos;
}

Target read_target(const Value& value, const ParseContext& context) {
  const std::string name = value.string();
  if (looks_numbered(name, 'n')) return Target{Kind::node, read_node(value, context.nodes)};
  if (looks_numbered(name, 'c'))
    return Target{Kind::client, NodeId(client_base + read_client(value, context))};
  for (const Word& word : words) {
    if (name != word.name) continue;
    if (word.role && !has_role(context.format, name)) {
      value.fail("the protocol " + context.format.name + " has no " + name + "; " +
                 suggestion(name, context.format.roles));
    }
    if (word.kind == Kind::clients && context.clients == 0)
      value.fail("there are no clients; set workload.clients");
    return Target{word.kind, nobody};
  }
  value.fail(in_quotes(name) + " is not a target; " +
             suggestion(name, known_targets(context.format)));
}

}  // namespace

NodeId read_node(const Value& value, std::uint32_t nodes) {
  const std::string name = value.string();
  const std::uint32_t number = number_after('n', name);
  if (number == 0 || number > nodes) {
    value.fail(in_quotes(name) + " is not a node here; write n1" +
               (nodes > 1 ? " to n" + std::to_string(nodes) : ""));
  }
  return NodeId(number);
}

std::uint32_t read_client(const Value& value, const ParseContext& context) {
  const std::string name = value.string();
  const std::uint32_t number = number_after('c', name);
  if (context.clients == 0) value.fail("there are no clients; set workload.clients");
  if (number == 0 || number > context.clients) {
    value.fail(in_quotes(name) + " is not a client here; write c1" +
               (context.clients > 1 ? " to c" + std::to_string(context.clients) : ""));
  }
  return number;
}

std::vector<Target> read_targets(const Value& value, const ParseContext& context) {
  if (!value.json().is_array()) return {read_target(value, context)};
  std::vector<Target> targets;
  for (const Value& item : value.items()) targets.push_back(read_target(item, context));
  if (targets.empty()) value.fail("is empty; name whom it hits");
  return targets;
}

}  // namespace lockstep::sim
