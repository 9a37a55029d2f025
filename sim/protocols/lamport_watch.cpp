#include "sim/protocols/lamport_watch.hpp"

#include <algorithm>

#include "sim/protocols/lamport_format.hpp"

namespace lockstep::sim {
namespace {

// A delivery that took longer was waiting for somebody.
constexpr Duration long_wait = seconds(1);

}  // namespace

LamportWatch::LamportWatch(const Scenario& scenario)
    : rules_(scenario.nodes, scenario.workload.clients, lamport_settings(scenario).mode),
      patience_(lamport_patience(lamport_settings(scenario))),
      leads_(scenario.nodes) {}

void LamportWatch::started(Instant, NodeId node, const std::vector<lamport::Record>& durable) {
  rules_.started(node, durable);
}

void LamportWatch::stepped(Instant now, NodeId node, const lamport::Lamport& machine,
                           const Event<Alphabet>& event, const Effects<Alphabet>& effects) {
  rules_.causes().stepped(node.value() - 1);
  look_at(now, node, event, machine);
  for (const auto& effect : effects) look_at(now, node, effect);
  rules_.step_ends(node);
  rules_.judge_shown(now, node, machine.log());
  const std::size_t shown = machine.log().order().size();
  changed_ = changed_ || std::holds_alternative<TimerFired<lamport::Timer>>(event);
  longest_log_ = std::max(longest_log_, shown);
  const bool leads = machine.leads();
  if (leads == leads_[node.value() - 1]) return;
  leads_[node.value() - 1] = leads;
  coordinators_ += leads ? 1 : -1;
  changed_ = true;
  two_ = two_ || coordinators_ > 1;
  if (!leads) return;
  changes_ += last_coordinator_ != nobody && last_coordinator_ != node;
  last_coordinator_ = node;
  since_ = now;
}

void LamportWatch::crashed(Instant, NodeId node, const lamport::Lamport&) {
  coordinators_ -= leads_[node.value() - 1];
  leads_[node.value() - 1] = false;
  std::erase_if(unshown_, [&](const auto& waiting) { return waiting.first.node == node; });
  changed_ = true;
}

void LamportWatch::look_at(Instant now, NodeId node, const Event<Alphabet>& event,
                           const lamport::Lamport& machine) {
  if (const auto* received = std::get_if<Received<lamport::Message>>(&event)) {
    const auto told = std::visit([](const auto& any) { return any.time; }, received->message);
    rules_.heard(now, node, told, machine.time());
  } else if (const auto* requested = std::get_if<Requested<lamport::Request>>(&event)) {
    if (const auto* post = std::get_if<lamport::Post>(&requested->request)) {
      rules_.heard(now, node, post->time, machine.time());
      asked_[requested->id] = post->origin;
    }
  } else if (const auto* durable = std::get_if<Persisted>(&event)) {
    rules_.told_durable(node, durable->upto);
  }
}

void LamportWatch::look_at(Instant now, NodeId node, const Effect<Alphabet>& effect) {
  if (const auto* send = std::get_if<Send<lamport::Message>>(&effect)) {
    const auto time = std::visit([](const auto& any) { return any.time; }, send->message);
    rules_.said(now, node, time, send->message);
  } else if (const auto* answer = std::get_if<Answer<lamport::Reply>>(&effect)) {
    rules_.said(now, node, std::visit([](const auto& any) { return any.time; }, answer->reply));
    const auto asked = asked_.find(answer->id);
    if (asked == asked_.end()) return;
    if (std::holds_alternative<lamport::Posted>(answer->reply))
      rules_.acknowledged(now, node, asked->second);
    asked_.erase(asked);
  } else if (const auto* persist = std::get_if<Persist<lamport::Record>>(&effect)) {
    for (const auto& record : persist->records) rules_.persisted(now, node, record);
  } else if (const auto* notify = std::get_if<Notify<lamport::Notice>>(&effect)) {
    look_at(now, node, notify->notice);
  }
}

void LamportWatch::look_at(Instant now, NodeId node, const lamport::Notice& notice) {
  if (const auto* word = std::get_if<bully::Notice>(&notice)) {
    elections_ += std::holds_alternative<bully::ElectionStarted>(*word);
  } else if (const auto* stamped = std::get_if<lamport::Stamped>(&notice)) {
    ++stamps_;
    rules_.stamped(now, node, stamped->stamp);
    unshown_.emplace(stamped->stamp, now);
  } else if (const auto* shown = std::get_if<lamport::Shown>(&notice)) {
    rules_.shown(now, node, shown->stamp);
    const auto waiting = shown->stamp.node == node ? unshown_.find(shown->stamp) : unshown_.end();
    if (waiting == unshown_.end()) return;
    longest_wait_ = std::max(longest_wait_, now - waiting->second);
    unshown_.erase(waiting);
  } else {
    causality_ += std::holds_alternative<lamport::CausalityViolation>(notice);
    merged_ += std::holds_alternative<lamport::Merged>(notice);
    gaps_ += std::holds_alternative<lamport::AskedForGap>(notice);
  }
}

bool LamportWatch::settled(const Cluster<lamport::Lamport>& cluster) const {
  return std::all_of(cluster.groups.begin(), cluster.groups.end(), [&](const EndpointSet& group) {
    const auto one = cluster.machines[*group.begin()]->leader();
    const bool elects = cluster.machines[*group.begin()]->role() != "member";
    const bool in_group =
        !elects || std::find(group.begin(), group.end(), one.value() - 1) != group.end();
    return in_group && std::all_of(group.begin(), group.end(),
                                   [&](auto n) { return cluster.machines[n]->leader() == one; });
  });
}

void LamportWatch::judge_quiet(Instant now, const Cluster<lamport::Lamport>& cluster) {
  std::vector<LamportRules::Group> groups;
  for (const EndpointSet& set : cluster.groups) {
    auto& group = groups.emplace_back();
    for (const auto n : set) group.logs.emplace_back(NodeId(n + 1), &cluster.machines[n]->log());
  }
  rules_.judge_quiet(now, groups, patience_);
}

void LamportWatch::add_witnesses(std::set<std::string>& witnesses) const {
  const std::pair<bool, const char*> seen[] = {{changes_ > 0, "coordinator_changed"},
                                               {two_, "two_coordinators"},
                                               {causality_ > 0, "causality_violation"},
                                               {merged_ > 0, "logs_merged"},
                                               {gaps_ > 0, "gap_asked_for"},
                                               {longest_wait_ > long_wait, "delivery_waited"}};
  for (const auto& [was, name] : seen) {
    if (was) witnesses.insert(name);
  }
}

void LamportWatch::add_figures(std::vector<std::pair<std::string, double>>& figures) const {
  const std::pair<const char*, std::uint64_t> counts[] = {{"elections", elections_},
                                                          {"coordinator_changes", changes_},
                                                          {"messages_stamped", stamps_},
                                                          {"messages_in_longest_log", longest_log_},
                                                          {"causality_violations", causality_},
                                                          {"stamps_merged", merged_},
                                                          {"gaps_asked_for", gaps_}};
  for (const auto& [name, count] : counts) figures.emplace_back(name, static_cast<double>(count));
  figures.emplace_back("longest_wait_ms", longest_wait_.milliseconds());
}

}  // namespace lockstep::sim
