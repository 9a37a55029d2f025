#include "sim/faults/bursts.hpp"

#include "sim/faults/draw.hpp"

namespace lockstep::sim {

std::vector<bool> Bursts::members(const EndpointSet& set) const {
  std::vector<bool> members(endpoints_.size(), set.empty());
  for (const auto endpoint : set) members[endpoint] = true;
  return members;
}

Bursts::RuleId Bursts::add(const Burst& burst, const EndpointSet& from, const EndpointSet& to) {
  rules_.push_back({++last_, burst.kind, burst.ratio, burst.by, members(from), members(to)});
  return last_;
}

bool Bursts::undo(RuleId rule) {
  return std::erase_if(rules_, [rule](const Rule& r) { return r.id == rule; }) > 0;
}

bool Bursts::hits(Burst::Kind kind, std::uint32_t from, std::uint32_t to, Random& random) const {
  bool hit = false;
  for (const Rule& rule : rules_) {
    if (rule.kind == kind && rule.from[from] && rule.to[to] && random.chance(rule.ratio))
      hit = true;
  }
  return hit;
}

Duration Bursts::late(std::uint32_t from, std::uint32_t to, Random& random) {
  Duration late;
  for (const Rule& rule : rules_) {
    const bool delays = rule.kind == Burst::Kind::delay || rule.kind == Burst::Kind::reorder;
    if (delays && rule.from[from] && rule.to[to] && random.chance(rule.ratio))
      late = late + draw_latency(rule.by, random);
  }
  delayed_ = delayed_ || late > Duration(0);
  return late;
}

}  // namespace lockstep::sim
