#include "sim/program/standstill.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/overloaded.hpp"
#include "sim/faults/targets.hpp"

namespace lockstep::sim {
namespace {

Instant instant_of_line(const TraceLine& line) {
  return std::visit([](const auto& told) { return told.at; }, line);
}

constexpr std::string_view second_copy = "second copy: ";

}  // namespace

bool Standstill::is_beyond(const TraceLine& line) const {
  if (until_.time && instant_of_line(line) > *until_.time) return true;
  return until_.step && step_ >= *until_.step;
}

void Standstill::operator()(const TraceLine& line) {
  over_ = over_ || is_beyond(line);
  if (over_) return;
  at_ = std::max(at_, instant_of_line(line));
  std::visit(
      Overloaded{[&](const TracedStep& step) { add(step); },
                 [&](const TracedDrop& drop) { under_way_.erase(drop.message); },
                 [&](const TracedFault& fault) { add(fault); }, [](const TracedViolation&) {}},
      line);
}

void Standstill::add(const TracedStep& step) {
  step_ = step.number;
  Seen& seen = seen_[{step.node, step.state.starts_with(second_copy)}];
  if (step.event == "started") seen = Seen{};
  seen.role = step.role;
  seen.term = step.term;
  seen.commit = step.commit;
  seen.state = step.state;
  seen.last = step.text;
  if (step.message != 0) under_way_.erase(step.message);
  for (const TracedSend& sent : step.sent) {
    if (sent.lost.empty())
      under_way_[sent.id] = {step.node, sent.to, sent.name, step.at, sent.arrives};
  }
}

void Standstill::add(const TracedFault& fault) {
  const std::pair<std::string_view, std::string_view> conditions[] = {
      {"crash", "down"},
      {"wipe", "down"},
      {"pause", "paused"},
      {"resume", "up"},
      {"refused", "refused to start"}};
  for (const auto& [kind, condition] : conditions) {
    if (fault.kind != kind) continue;
    for (const NodeId node : fault.nodes) seen_[{node, false}].condition = condition;
  }
}

std::string Standstill::last_instant() const { return to_text(at_.since_start()); }

std::string Standstill::text() const {
  std::string text = fmt::format("at {}, after step {}\n", last_instant(), step_);
  for (const auto& [who, seen] : seen_) {
    text += fmt::format("{:<5}", name_of_endpoint(who.first));
    if (seen.condition != "up") text += fmt::format(" {};", seen.condition);
    if (!seen.role.empty())
      text += fmt::format(" {} term {} commit {}", seen.role, seen.term, seen.commit);
    if (!seen.state.empty()) text += " | " + seen.state;
    text += fmt::format("\n      last: {}\n", seen.last);
  }
  text += fmt::format("{} messages under way\n", under_way_.size());
  for (const auto& [id, message] : under_way_) {
    text += fmt::format("  #{} {} to {}: {}, sent at {}, ", id, name_of_endpoint(message.from),
                        name_of_endpoint(message.to), message.name,
                        to_text(message.sent.since_start()));
    text += !message.arrives ? "waits\n"
            : *message.arrives <= at_
                ? "waits at the receiver\n"
                : fmt::format("arrives at {}\n", to_text(message.arrives->since_start()));
  }
  return text;
}

nlohmann::ordered_json Standstill::json() const {
  auto nodes = nlohmann::ordered_json::array(), messages = nlohmann::ordered_json::array();
  for (const auto& [who, seen] : seen_) {
    nodes.push_back({{"node", name_of_endpoint(who.first)},
                     {"second_copy", who.second},
                     {"condition", seen.condition},
                     {"role", seen.role},
                     {"term", seen.term},
                     {"commit", seen.commit},
                     {"state", seen.state},
                     {"last", seen.last}});
  }
  for (const auto& [id, message] : under_way_) {
    messages.push_back({{"id", id},
                        {"from", name_of_endpoint(message.from)},
                        {"to", name_of_endpoint(message.to)},
                        {"name", message.name},
                        {"sent_ns", message.sent.ns()},
                        {"arrives_ns", nullptr}});
    if (message.arrives) messages.back()["arrives_ns"] = message.arrives->ns();
  }
  return {{"t_ns", at_.ns()}, {"step", step_}, {"nodes", nodes}, {"messages", messages}};
}

}  // namespace lockstep::sim
