// ProcessWorld, the end of a run: the nodes are compared and stopped, and what was seen is judged.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "processes/logs.hpp"
#include "processes/world.hpp"
#include "sim/world/verdict.hpp"

namespace lockstep::processes {
namespace {

constexpr Duration leaves_within = seconds(6);

}  // namespace

void ProcessWorld::part_from_nodes() {
  for (const auto& node : nodes_) {
    bool done = !node->answers();
    if (!done) protocol_->part(*node, [&done] { done = true; });
    run_until([&] { return done; }, seconds(5));
  }
}

void ProcessWorld::stop_nodes() {
  look_for_dead_nodes();
  for (const auto& node : nodes_) node->terminate();
  const auto gone = [&] {
    for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
      const auto end = nodes_[n]->take_end();
      if (end && *end != "exit code 0")
        violations_.push_back({"internal check",
                               fmt::format("n{} ended after SIGTERM with {}: {}", n + 1, *end,
                                           last_line(nodes_[n]->log())),
                               NodeId(n + 1), ended_});
    }
    return std::none_of(nodes_.begin(), nodes_.end(),
                        [](const auto& node) { return node->is_up(); });
  };
  run_until(gone, leaves_within);
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    if (!nodes_[n]->is_up()) continue;
    violations_.push_back(
        {"internal check",
         fmt::format("n{} did not end within {} of SIGTERM", n + 1, to_text(leaves_within)),
         NodeId(n + 1), ended_});
    nodes_[n]->crash();
  }
}

sim::Outcome ProcessWorld::judge() {
  sim::Outcome outcome;
  for (const Home& home : homes_) protocol_->look_at_disk(home, clock_, ended_);
  Conclusion seen = protocol_->conclude(faults_seen_, ended_);
  std::set<std::string> witnesses(seen.witnesses.begin(), seen.witnesses.end());
  witnesses.insert(faults_.witnesses().begin(), faults_.witnesses().end());
  if (weather_.lost() > 0) witnesses.insert("message_lost");
  if (weather_.doubled() > 0) witnesses.insert("message_duplicated");
  if (weather_.not_leader_answered()) witnesses.insert("not_leader_answered");
  const auto& history = load_->history();
  if (weather_.requests() > history.size()) witnesses.insert("client_retried");
  violations_.insert(violations_.begin(), seen.violations.begin(), seen.violations.end());

  if (!stopped_early_)
    sim::judge_recovery(scenario_.expect, recovery_, ended_, violations_, outcome);
  sim::judge_history(scenario_.expect, history, ended_, violations_, outcome);
  sim::settle_verdict(scenario_.expect, violations_, witnesses, outcome, protocol_->unknowable());

  // What the nodes sent one another is not counted; the names are the simulator's.
  for (const char* name : {"messages_sent", "messages_delivered", "messages_lost",
                           "messages_duplicated", "bytes_sent"})
    outcome.figures.emplace_back(name, std::nan(""));
  outcome.figures.emplace_back("recovery_ms", sim::recovery_ms(recovery_));
  outcome.figures.insert(outcome.figures.end(), seen.figures.begin(), seen.figures.end());
  if (endpoints_.clients > 0)
    sim::add_client_figures(history, load_->latencies(), ended_, outcome.figures);

  outcome.steps = seen.steps.size();
  for (auto& step : seen.steps) trace_.emplace_back(std::move(step));
  for (auto& fault : faults_seen_) trace_.emplace_back(std::move(fault));
  for (const auto& v : violations_)
    trace_.emplace_back(sim::TracedViolation{v.at, 0, v.node, v.rule, v.text});
  const auto instant = [](const sim::TraceLine& line) {
    return std::visit([](const auto& item) { return item.at; }, line);
  };
  std::stable_sort(trace_.begin(), trace_.end(),
                   [&](const auto& a, const auto& b) { return instant(a) < instant(b); });
  outcome.violations = violations_;
  outcome.witnesses.assign(witnesses.begin(), witnesses.end());
  outcome.history = history;
  outcome.ended = ended_;
  return outcome;
}

}  // namespace lockstep::processes
