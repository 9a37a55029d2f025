// The members of a cluster, as a list in a file or as one word.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "node/config/parse.hpp"

namespace lockstep::node {
namespace {

struct Found {
  Member member;
  Value at;  // where errors about it point to
};

Found member_in_object(const Value& object, Errors& errors) {
  const std::vector<std::string> keys{"id", "peer", "api"};
  Found found{{}, Value{object.kind, "", object.path, object.place, "", {}}};
  if (object.kind != Value::Kind::object) {
    errors.add(object, "expected { \"id\": 1, \"peer\": \"host:port\", \"api\": \"host:port\" }");
    return found;
  }
  std::set<std::string> seen;
  for (const Value& value : object.children) {
    seen.insert(value.name);
    if (value.name == "id") {
      take(value, parse_id(value), found.member.id, errors);
    } else if (value.name == "peer") {
      take(value, parse_address(value), found.member.peer, errors);
    } else if (value.name == "api") {
      take(value, parse_address(value), found.member.api, errors);
    } else {
      errors.add(value, "unknown key; " + suggestion(value.name, keys));
    }
  }
  for (const std::string& key : keys) {
    if (!seen.contains(key)) errors.add(object, "the key \"" + key + "\" is missing; add it");
  }
  return found;
}

Found member_in_word(const Value& around, std::string_view word, Errors& errors) {
  Found found{{}, Value{around.kind, std::string(word), around.path, around.place, "", {}}};
  const std::size_t equals = word.find('=');
  const std::size_t slash = word.find('/');
  if (equals == std::string_view::npos || slash == std::string_view::npos || slash < equals) {
    errors.add(around, "expected ID=PEER/API, like 1=10.0.0.1:7100/10.0.0.1:7000, found " +
                           in_quotes(word));
    return found;
  }
  const auto part = [&](std::size_t from, std::size_t to) {
    Value value = found.at;
    value.text = word.substr(from, to - from);
    return value;
  };
  const Value id = part(0, equals), peer = part(equals + 1, slash),
              api = part(slash + 1, word.size());
  take(id, parse_id(id), found.member.id, errors);
  take(peer, parse_address(peer), found.member.peer, errors);
  take(api, parse_address(api), found.member.api, errors);
  return found;
}

std::vector<Found> members_in(const Value& value, Errors& errors) {
  std::vector<Found> all;
  if (value.kind == Value::Kind::list) {
    for (const Value& object : value.children) all.push_back(member_in_object(object, errors));
  } else if (value.kind == Value::Kind::word) {
    std::string_view rest = value.text;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      all.push_back(member_in_word(value, rest.substr(0, comma), errors));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  } else {
    errors.add(value, "expected a list [ { \"id\": 1, \"peer\": …, \"api\": … }, … ]");
    return all;
  }
  if (all.empty()) errors.add(value, "there are no members; list every node of the cluster");
  return all;
}

void refuse_repeated(const std::vector<Found>& all, Errors& errors) {
  std::set<NodeId> ids;
  std::map<std::string, NodeId> owners;
  for (const Found& found : all) {
    const Member& member = found.member;
    if (!ids.insert(member.id).second) {
      errors.add(found.at, fmt::format("the id {} is there twice; give every member its own",
                                       member.id.value()));
    }
    for (const Address& address : {member.peer, member.api}) {
      const auto [owner, first] = owners.try_emplace(to_text(address), member.id);
      if (!first) {
        errors.add(found.at,
                   fmt::format("the address {} is already used by member {}; give every peer and "
                               "every api its own",
                               to_text(address), owner->second.value()));
      }
    }
  }
}

}  // namespace

std::optional<std::vector<Member>> parse_members(const Value& value, Errors& errors) {
  const std::size_t before = errors.count();
  const std::vector<Found> all = members_in(value, errors);
  if (errors.count() == before) refuse_repeated(all, errors);
  if (errors.count() != before) return std::nullopt;
  std::vector<Member> members;
  for (const Found& found : all) members.push_back(found.member);
  std::sort(members.begin(), members.end(),
            [](const Member& a, const Member& b) { return a.id < b.id; });
  return members;
}

std::string to_text(const std::vector<Member>& members) {
  std::string text;
  for (const Member& member : members) {
    text += fmt::format("{}{}={}/{}", text.empty() ? "" : ",", member.id.value(),
                        to_text(member.peer), to_text(member.api));
  }
  return text;
}

}  // namespace lockstep::node
