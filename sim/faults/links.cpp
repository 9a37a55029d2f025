#include "sim/faults/links.hpp"

#include <algorithm>

#include "core/base/check.hpp"

namespace lockstep::sim {

std::vector<std::uint8_t> Links::labels(const EndpointSet& first, const EndpointSet& second) const {
  std::vector<std::uint8_t> label(endpoints_.size(), 0);
  for (const auto endpoint : first) label[endpoint] |= 1;
  for (const auto endpoint : second) label[endpoint] |= 2;
  return label;
}

Links::RuleId Links::add(Kind kind, std::vector<std::uint8_t> label, Duration by) {
  rules_.push_back({++last_, kind, std::move(label), by});
  return last_;
}

Links::RuleId Links::partition(const std::vector<EndpointSet>& groups) {
  check(groups.size() < 256, "a partition has fewer than 256 groups");
  std::vector<std::uint8_t> label(endpoints_.size(), 0);
  for (std::size_t group = 0; group < groups.size(); ++group) {
    for (const auto endpoint : groups[group])
      label[endpoint] = static_cast<std::uint8_t>(group + 1);
  }
  return add(Kind::partition, std::move(label));
}

Links::RuleId Links::cut(const EndpointSet& from, const EndpointSet& to) {
  return add(Kind::cut, labels(from, to));
}

Links::RuleId Links::isolate(const EndpointSet& who, Isolate::Way way) {
  const Kind kind = way == Isolate::Way::both ? Kind::isolate_both
                    : way == Isolate::Way::in ? Kind::isolate_in
                                              : Kind::isolate_out;
  return add(kind, labels(who));
}

Links::RuleId Links::clog(const EndpointSet& from, const EndpointSet& to) {
  return add(Kind::clog, labels(from, to));
}

Links::RuleId Links::slow(const EndpointSet& a, const EndpointSet& b, Duration by) {
  return add(Kind::slow, labels(a, b), by);
}

bool Links::undo(RuleId rule) {
  return std::erase_if(rules_, [rule](const Rule& r) { return r.id == rule; }) > 0;
}

bool Links::cuts(const Rule& rule, std::uint32_t from, std::uint32_t to) {
  const auto a = rule.label[from];
  const auto b = rule.label[to];
  switch (rule.kind) {
    case Kind::partition: return a != 0 && b != 0 && a != b;
    case Kind::cut: return (a & 1) != 0 && (b & 2) != 0;
    case Kind::isolate_both: return a != 0 || b != 0;
    case Kind::isolate_in: return b != 0;
    case Kind::isolate_out: return a != 0;
    case Kind::clog:
    case Kind::slow: return false;
  }
  return false;
}

bool Links::is_cut(std::uint32_t from, std::uint32_t to) const {
  return std::any_of(rules_.begin(), rules_.end(),
                     [&](const Rule& rule) { return cuts(rule, from, to); });
}

bool Links::is_clogged(std::uint32_t from, std::uint32_t to) const {
  return std::any_of(rules_.begin(), rules_.end(), [&](const Rule& rule) {
    return rule.kind == Kind::clog && (rule.label[from] & 1) != 0 && (rule.label[to] & 2) != 0;
  });
}

Duration Links::extra(std::uint32_t from, std::uint32_t to) const {
  Duration sum;
  for (const Rule& rule : rules_) {
    if (rule.kind != Kind::slow) continue;
    const auto a = rule.label[from];
    const auto b = rule.label[to];
    if (((a & 1) != 0 && (b & 2) != 0) || ((a & 2) != 0 && (b & 1) != 0)) sum = sum + rule.by;
  }
  return sum;
}

std::vector<std::pair<NodeId, NodeId>> Links::cut_links() const {
  std::vector<std::pair<NodeId, NodeId>> cut;
  if (rules_.empty() || endpoints_.size() > 64) return cut;
  for (std::uint32_t from = 0; from < endpoints_.size(); ++from) {
    for (std::uint32_t to = 0; to < endpoints_.size(); ++to) {
      if (from != to && is_cut(from, to)) cut.emplace_back(endpoints_.id(from), endpoints_.id(to));
    }
  }
  return cut;
}

std::vector<EndpointSet> Links::groups_of(const EndpointSet& nodes) const {
  if (rules_.empty())
    return nodes.empty() ? std::vector<EndpointSet>{} : std::vector<EndpointSet>{nodes};
  const auto closed = [&](std::uint32_t a, std::uint32_t b) {
    return is_cut(a, b) || is_clogged(a, b);
  };
  std::vector<EndpointSet> groups;
  std::vector<bool> taken(nodes.size(), false);
  for (std::size_t first = 0; first < nodes.size(); ++first) {
    if (taken[first]) continue;
    taken[first] = true;
    EndpointSet group{nodes[first]};
    for (std::size_t reached = 0; reached < group.size(); ++reached) {
      for (std::size_t other = 0; other < nodes.size(); ++other) {
        const auto a = group[reached];
        const auto b = nodes[other];
        if (taken[other] || closed(a, b) || closed(b, a)) continue;
        taken[other] = true;
        group.push_back(b);
      }
    }
    std::sort(group.begin(), group.end());
    groups.push_back(std::move(group));
  }
  return groups;
}

bool Links::clear_cut(const std::vector<EndpointSet>& groups) const {
  if (rules_.empty()) return true;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (std::size_t h = 0; h < groups.size(); ++h) {
      for (const auto from : groups[g]) {
        for (const auto to : groups[h]) {
          if (from == to) continue;
          if (is_cut(from, to) != (g != h)) return false;
          if (g == h && (is_clogged(from, to) || extra(from, to) != Duration(0))) return false;
        }
      }
    }
  }
  return true;
}

}  // namespace lockstep::sim
