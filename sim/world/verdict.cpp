#include "sim/world/verdict.hpp"

#include <algorithm>
#include <cmath>

#include "sim/check/linearizable.hpp"
#include "sim/stats/quantiles.hpp"

namespace lockstep::sim {

void judge_recovery(const Expect& expect, const Recovery& recovery, Instant now,
                    std::vector<Violation>& violations, Outcome& outcome) {
  if (!expect.recovers_within) return;
  const Duration bound = *expect.recovers_within;
  const Duration waited = recovery.recovered.value_or(now) - recovery.calm_since;
  if (waited > bound) {
    violations.push_back({"recovery",
                          "no progress within " + to_text(bound) + " of " +
                              to_text(recovery.calm_since) +
                              ", when the last fault struck or ended",
                          nobody, now});
  } else if (!recovery.recovered) {
    outcome.verdict = RunVerdict::undecided;
    outcome.reasons.push_back("the run ends " + to_text(waited) +
                              " after the last fault, before recovery is owed (" + to_text(bound) +
                              "); make it longer");
  }
}

Violation unsteady(const Expect& expect, NodeId leader, Instant calm_since, Instant now) {
  return {"steady leader",
          "n" + std::to_string(leader.value()) + " was elected later than " +
              to_text(*expect.recovers_within) + " after " + to_text(calm_since) +
              ", when the last fault struck or ended, and nothing asked for it",
          leader, now};
}

void judge_history(const Expect& expect, const std::vector<HistoryOperation>& history, Instant now,
                   std::vector<Violation>& violations, Outcome& outcome,
                   std::uint64_t search_steps) {
  if (history.empty() || !expect.linearizable.value_or(true)) return;
  SearchLimit limit;
  limit.steps = search_steps;
  const Linearizability found = check_linearizable(history, limit);
  if (found.verdict == Verdict::violated) {
    violations.push_back({"linearizability", found.text, nobody, now});
  } else if (found.verdict == Verdict::undecided) {
    outcome.verdict = RunVerdict::undecided;
    outcome.reasons.push_back("linearizability: " + found.text);
  }
}

void settle_verdict(const Expect& expect, const std::vector<Violation>& violations,
                    const std::set<std::string>& witnesses, Outcome& outcome,
                    const std::set<std::string, std::less<>>& unknowable) {
  // Where a broken rule is expected, what else breaks in its wake is told but does not count.
  const bool expected_seen =
      std::any_of(violations.begin(), violations.end(),
                  [&](const Violation& v) { return v.rule == expect.violates; });
  if (expected_seen) {
    outcome.verdict = RunVerdict::pass;
    outcome.reasons.clear();
  }
  for (const Violation& violation : violations) {
    if (expected_seen) break;
    outcome.verdict = RunVerdict::violated;
    outcome.reasons.push_back(violation.rule + ": " + violation.text);
  }
  if (!expect.violates.empty() && !expected_seen && outcome.verdict == RunVerdict::pass) {
    outcome.verdict = RunVerdict::violated;
    outcome.reasons.push_back("expected a violation of " + expect.violates + ", and found none");
  }
  for (const std::string& witness : expect.sometimes) {
    if (witnesses.contains(witness)) continue;
    if (unknowable.contains(witness)) {
      outcome.reasons.push_back("not to be seen in this world: " + witness);
      continue;
    }
    if (outcome.verdict == RunVerdict::pass) outcome.verdict = RunVerdict::violated;
    outcome.reasons.push_back("never seen: " + witness);
  }
}

double recovery_ms(const Recovery& recovery) {
  return recovery.recovered ? (*recovery.recovered - recovery.calm_since).milliseconds()
                            : std::nan("");
}

void add_client_figures(const std::vector<HistoryOperation>& history,
                        std::vector<std::int64_t> latencies, Instant ended, Figures& figures) {
  const auto add = [&](const char* name, double value) { figures.emplace_back(name, value); };
  const auto count = [&](const char* name, HistoryOperation::Outcome kind) {
    add(name, static_cast<double>(
                  std::count_if(history.begin(), history.end(),
                                [&](const HistoryOperation& o) { return o.outcome == kind; })));
    return figures.back().second;
  };
  const double ok = count("operations_ok", HistoryOperation::Outcome::ok);
  count("operations_failed", HistoryOperation::Outcome::failed);
  count("operations_unknown", HistoryOperation::Outcome::unknown);
  add("throughput_per_s", ok / std::max(1e-9, ended.since_start().seconds()));
  std::sort(latencies.begin(), latencies.end());
  const auto latency = [&](const char* name, double q) {
    add(name, latencies.empty() ? std::nan("") : quantile_of_sorted(latencies, q) / 1e6);
  };
  latency("latency_p50_ms", 0.5);
  latency("latency_p90_ms", 0.9);
  latency("latency_p99_ms", 0.99);
  latency("latency_max_ms", 1);
}

}  // namespace lockstep::sim
