// World, part six: what a run comes to. Included by world.hpp.
#pragma once

#include <cmath>

#include "sim/check/linearizable.hpp"
#include "sim/stats/quantiles.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {

// Called when something changed that agreement depends on. Without clients, agreement is what
// recovery means; and once the network has been quiet for the bound a scenario gives, the watch
// judges every further change.
template <class P>
void World<P>::look_for_recovery() {
  look_ = false;
  const bool by_agreement = endpoints_.clients == 0 && !recovered_;
  const auto& bound = scenario_.expect.recovers_within;
  const bool quiet =
      P::Watch::judges_quiet && bound && now_ - std::max(calm_since_, last_loss_) > *bound;
  if (!by_agreement && !quiet) return;
  const auto view = cluster();
  if (by_agreement && watch_.settled(view)) recovered_ = now_;
  if (quiet) {
    watch_.judge_quiet(now_, view);
    if (!watch_.violations().empty()) collect_violations();
  }
}

template <class P>
void World<P>::judge(Outcome& outcome) {
  const Expect& expect = scenario_.expect;
  look_for_recovery();
  for (const ClientSeat& seat : clients_) {
    for (const std::size_t place : seat.backlog) {
      history_[place].outcome = HistoryOperation::Outcome::failed;
      history_[place].returned = now_;
      history_[place].returned_order = ++next_place_;
      history_[place].reason = "never sent";
    }
  }
  watch_.finished(now_, cluster());
  collect_violations();
  if (!stop_ && expect.recovers_within) {
    const Duration bound = *expect.recovers_within;
    const Duration waited = (recovered_ ? *recovered_ : now_) - calm_since_;
    if (waited > bound) {
      violations_.push_back({"recovery",
                             "no progress within " + to_text(bound) + " of " +
                                 to_text(calm_since_) + ", when the last fault struck or ended",
                             nobody, now_});
    } else if (!recovered_) {
      outcome.verdict = RunVerdict::undecided;
      outcome.reasons.push_back("the run ends " + to_text(waited) +
                                " after the last fault, before recovery is owed (" +
                                to_text(bound) + "); make it longer");
    }
  }
  if constexpr (P::has_clients) check_history(outcome);
  watch_.add_witnesses(witnesses_);
  if (lost_ > 0) witnesses_.insert("message_lost");
  if (doubled_ > 0) witnesses_.insert("message_duplicated");
  if (requests_ > history_.size()) witnesses_.insert("client_retried");

  // Where a broken rule is expected, what else breaks in its wake is told but does not count.
  const bool expected_seen =
      std::any_of(violations_.begin(), violations_.end(),
                  [&](const Violation& v) { return v.rule == expect.violates; });
  if (expected_seen) {
    outcome.verdict = RunVerdict::pass;
    outcome.reasons.clear();
  }
  for (const Violation& violation : violations_) {
    if (expected_seen) break;
    outcome.verdict = RunVerdict::violated;
    outcome.reasons.push_back(violation.rule + ": " + violation.text);
  }
  if (!expect.violates.empty() && !expected_seen && outcome.verdict == RunVerdict::pass) {
    outcome.verdict = RunVerdict::violated;
    outcome.reasons.push_back("expected a violation of " + expect.violates + ", and found none");
  }
  for (const std::string& witness : expect.sometimes) {
    if (witnesses_.contains(witness)) continue;
    if (outcome.verdict == RunVerdict::pass) outcome.verdict = RunVerdict::violated;
    outcome.reasons.push_back("never seen: " + witness);
  }
  add_figures(outcome);
  outcome.digest = digest_.value();
  outcome.steps = steps_;
  outcome.delivered = delivered_;
  outcome.violations = std::move(violations_);
  outcome.witnesses.assign(witnesses_.begin(), witnesses_.end());
  if (options_.keep_history) outcome.history = std::move(history_);
  outcome.ended = now_;
}

template <class P>
void World<P>::check_history(Outcome& outcome) {
  if (history_.empty() || !scenario_.expect.linearizable.value_or(true)) return;
  const Linearizability found = check_linearizable(history_);
  if (found.verdict == Verdict::violated) {
    violations_.push_back({"linearizability", found.text, nobody, now_});
  } else if (found.verdict == Verdict::undecided) {
    outcome.verdict = RunVerdict::undecided;
    outcome.reasons.push_back("linearizability: " + found.text);
  }
}

template <class P>
void World<P>::add_figures(Outcome& outcome) {
  auto& figures = outcome.figures;
  const auto add = [&](const char* name, double value) { figures.emplace_back(name, value); };
  const auto count = [&](const char* name, std::uint64_t value) {
    figures.emplace_back(name, static_cast<double>(value));
  };
  count("messages_sent", sent_);
  count("messages_delivered", delivered_);
  count("messages_lost", lost_);
  count("messages_duplicated", doubled_);
  count("bytes_sent", bytes_);
  add("recovery_ms", recovered_ ? (*recovered_ - calm_since_).milliseconds() : std::nan(""));
  watch_.add_figures(figures);
  if (endpoints_.clients == 0) return;
  std::uint64_t ok = 0, failed = 0, unknown = 0;
  for (const auto& operation : history_) {
    ok += operation.outcome == HistoryOperation::Outcome::ok;
    failed += operation.outcome == HistoryOperation::Outcome::failed;
    unknown += operation.outcome == HistoryOperation::Outcome::unknown;
  }
  count("operations_ok", ok);
  count("operations_failed", failed);
  count("operations_unknown", unknown);
  add("throughput_per_s", static_cast<double>(ok) / std::max(1e-9, now_.since_start().seconds()));
  std::sort(latencies_.begin(), latencies_.end());
  const auto latency = [&](const char* name, double q) {
    add(name, latencies_.empty() ? std::nan("") : quantile_of_sorted(latencies_, q) / 1e6);
  };
  latency("latency_p50_ms", 0.5);
  latency("latency_p90_ms", 0.9);
  latency("latency_p99_ms", 0.99);
  latency("latency_max_ms", 1);
}

}  // namespace lockstep::sim
