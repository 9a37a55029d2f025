#include "sim/faults/targets.hpp"

#include <algorithm>

#include "core/base/overloaded.hpp"

namespace lockstep::sim {

std::string name_of_endpoint(NodeId id) {
  return is_client(id) ? "c" + std::to_string(id.value() - client_base)
                       : "n" + std::to_string(id.value());
}

std::string describe_groups(const Endpoints& endpoints, const std::vector<EndpointSet>& groups) {
  std::string text;
  for (const auto& group : groups) {
    if (!text.empty()) text += " |";
    for (const auto endpoint : group) {
      if (!text.empty()) text += ' ';
      text += name_of_endpoint(endpoints.id(endpoint));
    }
  }
  return text;
}

std::vector<std::vector<Target>> target_lists(const FaultAction& action) {
  using Lists = std::vector<std::vector<Target>>;
  return std::visit(
      Overloaded{[](const Partition& a) { return a.groups; },
                 [](const Cut& a) {
                   return Lists{a.from, a.to};
                 },
                 [](const SlowLink& a) {
                   return Lists{a.from, a.to};
                 },
                 [](const Clog& a) {
                   return Lists{a.from, a.to};
                 },
                 [](const Burst& a) {
                   return Lists{a.from, a.to};
                 },
                 [](const Twins& a) {
                   return Lists{a.who, a.second};
                 },
                 [](const Heal&) { return Lists{}; }, [](const auto& a) { return Lists{a.who}; }},
      action);
}

void Targets::take(std::uint32_t endpoint, EndpointSet& set) {
  named_[endpoint] = true;
  if (std::find(set.begin(), set.end(), endpoint) == set.end()) set.push_back(endpoint);
}

bool Targets::add_role(std::string_view role, EndpointSet& set, std::string& missing) {
  std::optional<std::uint32_t> best;
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    if (!nodes_[n].up || named_[n] || nodes_[n].role != role) continue;
    if (!best || nodes_[n].term > nodes_[*best].term) best = n;
  }
  if (!best) {
    missing = role;
    return false;
  }
  take(*best, set);
  return true;
}

bool Targets::add_random(bool live_only, EndpointSet& set, std::string& missing) {
  EndpointSet choice;
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    if (!named_[n] && (nodes_[n].up || !live_only)) choice.push_back(n);
  }
  if (choice.empty()) {
    missing = live_only ? "live node" : "node";
    return false;
  }
  take(random_->pick(choice), set);
  return true;
}

void Targets::add_some(std::size_t count, EndpointSet& set) {
  EndpointSet all;
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    if (!named_[n]) all.push_back(n);
  }
  random_->shuffle(all);
  all.resize(std::min(all.size(), count));
  std::sort(all.begin(), all.end());
  for (const auto endpoint : all) take(endpoint, set);
}

bool Targets::add(const Target& target, EndpointSet& set, std::string& missing) {
  switch (target.kind) {
    case Target::Kind::node:
    case Target::Kind::client: take(endpoints_.index(target.id), set); return true;
    case Target::Kind::leader: return add_role("leader", set, missing);
    case Target::Kind::follower: return add_role("follower", set, missing);
    case Target::Kind::candidate: return add_role("candidate", set, missing);
    case Target::Kind::coordinator: return add_role("coordinator", set, missing);
    case Target::Kind::random: return add_random(true, set, missing);
    case Target::Kind::any: return add_random(false, set, missing);
    case Target::Kind::majority: add_some(endpoints_.nodes / 2 + 1, set); return true;
    case Target::Kind::minority: add_some((endpoints_.nodes - 1) / 2, set); return true;
    case Target::Kind::all:
      for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) take(n, set);
      return true;
    case Target::Kind::clients:
      for (std::uint32_t e = endpoints_.nodes; e < endpoints_.size(); ++e) take(e, set);
      return true;
    case Target::Kind::rest: return true;  // resolved last
  }
  return true;
}

std::optional<std::vector<EndpointSet>> Targets::resolve(
    const std::vector<std::vector<Target>>& lists, std::string& missing) {
  named_.assign(endpoints_.size(), false);
  // What is named outright comes first, so that a role or a draw never takes it.
  std::vector<EndpointSet> sets(lists.size());
  const auto is_named = [](const Target& t) {
    return t.kind == Target::Kind::node || t.kind == Target::Kind::client;
  };
  for (const bool named_pass : {true, false}) {
    for (std::size_t i = 0; i < lists.size(); ++i) {
      for (const Target& target : lists[i]) {
        if (is_named(target) == named_pass && !add(target, sets[i], missing)) return std::nullopt;
      }
    }
  }
  for (std::size_t i = 0; i < lists.size(); ++i) {
    for (const Target& target : lists[i]) {
      if (target.kind != Target::Kind::rest) continue;
      for (std::uint32_t e = 0; e < endpoints_.size(); ++e) {
        if (!named_[e]) take(e, sets[i]);
      }
    }
  }
  return sets;
}

}  // namespace lockstep::sim
