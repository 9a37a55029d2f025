// ProcessWorld, the end of a run: the nodes are compared and stopped, and what was seen is judged.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "processes/capabilities.hpp"
#include "processes/logs.hpp"
#include "processes/world.hpp"
#include "sim/world/verdict.hpp"

namespace lockstep::processes {
namespace {

constexpr Duration leaves_within = seconds(6);

}  // namespace

void ProcessWorld::compare_logs() {
  LogComparison logs;
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    bool done = !nodes_[n]->answers();
    if (!done) logs.read(*nodes_[n], n, [&done] { done = true; });
    run_until([&] { return done; }, seconds(5));
  }
  for (auto& text : logs.differences())
    violations_.push_back({"state machine safety", std::move(text), nobody, ended_});
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
  Sightings seen = look_at(events_, faults_seen_, endpoints_.nodes);
  std::set<std::string> witnesses = seen.witnesses;
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
  sim::settle_verdict(scenario_.expect, violations_, witnesses, outcome, unknowable_witnesses());

  // What the nodes sent one another is not counted; the names are the simulator's.
  for (const char* name : {"messages_sent", "messages_delivered", "messages_lost",
                           "messages_duplicated", "bytes_sent"})
    outcome.figures.emplace_back(name, std::nan(""));
  outcome.figures.emplace_back("recovery_ms", sim::recovery_ms(recovery_));
  add_raft_figures(seen, committed_, outcome.figures);
  if (endpoints_.clients > 0)
    sim::add_client_figures(history, load_->latencies(), ended_, outcome.figures);

  for (auto& step : seen.steps) trace_.emplace_back(std::move(step));
  for (auto& fault : faults_seen_) trace_.emplace_back(std::move(fault));
  for (const auto& v : violations_)
    trace_.emplace_back(sim::TracedViolation{v.at, 0, v.node, v.rule, v.text});
  const auto instant = [](const sim::TraceLine& line) {
    return std::visit([](const auto& item) { return item.at; }, line);
  };
  std::stable_sort(trace_.begin(), trace_.end(),
                   [&](const auto& a, const auto& b) { return instant(a) < instant(b); });
  outcome.steps = static_cast<std::uint64_t>(events_.size());
  outcome.violations = violations_;
  outcome.witnesses.assign(witnesses.begin(), witnesses.end());
  outcome.history = history;
  outcome.ended = ended_;
  return outcome;
}

}  // namespace lockstep::processes
