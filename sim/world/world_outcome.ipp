// World, part six: what a run comes to. Included by world.hpp.
#pragma once

#include "sim/world/verdict.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {

// Called when something changed that agreement depends on. Without clients, agreement is what
// recovery means; and once the network has been quiet for the bound a scenario gives, the watch
// judges every further change.
template <class P>
void World<P>::look_for_recovery() {
  look_ = false;
  if constexpr (requires { watch_.elected(); }) look_for_elections();
  const bool by_agreement = endpoints_.clients == 0 && !recovered_;
  const auto& bound = scenario_.expect.recovers_within;
  const bool quiet =
      P::Watch::judges_quiet && bound && now_ - std::max(calm_since_, last_loss_) > *bound;
  if (!by_agreement && !quiet) return;
  const auto view = cluster();
  if (by_agreement && watch_.settled(view)) recovered_ = now_;
  // A slow link, a link that is cut one way, three nodes of which two do not see each other,
  // bursts, clocks that run wrong: the world is not quiet as long as that lasts.
  if (quiet && is_even() && post_.links().clear_cut(view.groups)) {
    watch_.judge_quiet(now_, view);
    if (!watch_.violations().empty()) collect_violations();
  }
}

// Called when something changed: a leader may have been elected in what should be quiet.
template <class P>
void World<P>::look_for_elections() {
  const Expect& expect = scenario_.expect;
  if (!expect.steady || unsteady_ || !watch_.elected() || !is_even()) return;
  const Instant calm = std::max(calm_since_, last_loss_);
  const Instant quiet = calm + *expect.recovers_within;
  if (quiet_at_ && *quiet_at_ < quiet) quiet_at_.reset();
  if (!quiet_at_ && now_ > quiet) {
    quiet_at_ = now_;
    watch_.note_quiet(now_);
  }
  const auto [leader, at] = *watch_.elected();
  if (at <= quiet) return;
  unsteady_ = true;
  broke(unsteady(expect, leader, calm, at));
}

// At the end: whoever the leader reaches, all that reach one another, has what was committed when
// the quiet began, if it had time.
template <class P>
void World<P>::look_for_stragglers() {
  const Expect& expect = scenario_.expect;
  if (!quiet_at_ || now_ - *quiet_at_ < *expect.recovers_within / 2 || !is_even()) return;
  const auto view = cluster();
  const bool loyal = std::all_of(nodes_.begin(), nodes_.end(),
                                 [](const Node& node) { return node.betrays_by == 0; });
  if (loyal && post_.links().clear_cut(view.groups)) watch_.judge_stragglers(now_, view);
}

// Whether no message, clock and disk suffers from a fault that lasts; what is cut is not looked at.
template <class P>
bool World<P>::is_even() const {
  return post_.bursts().none() && std::none_of(nodes_.begin(), nodes_.end(), [](const Node& node) {
           return node.throttled_by != 0 || node.drift_by != 0 || node.stalled_by != 0 ||
               node.slow_by != 0;
         });
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
  if constexpr (requires { watch_.note_quiet(now_); }) look_for_stragglers();
  collect_violations();
  if (!stop_) judge_recovery(expect, {calm_since_, recovered_}, now_, violations_, outcome);
  if constexpr (P::has_clients && !requires { P::has_registers; }) {
    judge_history(expect, history_, now_, violations_, outcome, options_.search_steps);
  }
  watch_.add_witnesses(witnesses_);
  if (lost_ > 0) witnesses_.insert("message_lost");
  if (doubled_ > 0) witnesses_.insert("message_duplicated");
  if (damaged_ > 0) witnesses_.insert("message_corrupted");
  if (held_ > 0) witnesses_.insert("message_clogged");
  constexpr const char* treasons[] = {"kept_silent", "lied", "equivocated", "replayed", "forged"};
  for (std::size_t i = 0; i < treasons_.size(); ++i) {
    if (treasons_[i]) witnesses_.insert(treasons[i]);
  }
  if (post_.bursts().delayed()) witnesses_.insert("message_late");
  if (requests_ > history_.size()) witnesses_.insert("client_retried");

  settle_verdict(expect, violations_, witnesses_, outcome);
  add_figures(outcome);
  outcome.digest = digest_.value();
  outcome.steps = steps_;
  outcome.delivered = delivered_;
  outcome.violations = std::move(violations_);
  outcome.witnesses.assign(witnesses_.begin(), witnesses_.end());
  for (const auto& [met, times] : struck_) {
    const auto& [kind, role, phase] = met;
    outcome.struck.push_back({kind, std::string(role), std::string(phase), times});
  }
  if (options_.keep_history) outcome.history = std::move(history_);
  outcome.ended = now_;
}

template <class P>
void World<P>::add_figures(Outcome& outcome) {
  auto& figures = outcome.figures;
  const auto count = [&](const char* name, std::uint64_t value) {
    figures.emplace_back(name, static_cast<double>(value));
  };
  count("messages_sent", sent_);
  count("messages_delivered", delivered_);
  count("messages_lost", lost_);
  count("messages_duplicated", doubled_);
  count("bytes_sent", bytes_);
  figures.emplace_back("recovery_ms", recovery_ms({calm_since_, recovered_}));
  watch_.add_figures(figures);
  if (endpoints_.clients == 0) return;
  add_client_figures(history_, std::move(latencies_), now_, figures);
}

}  // namespace lockstep::sim
