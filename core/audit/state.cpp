#include "core/audit/state.hpp"

#include <algorithm>

#include "core/base/overloaded.hpp"

namespace lockstep::audit {

Epoch epoch_of(const What& what) {
  return std::visit(Overloaded{[](const HeartbeatMissed&) { return Epoch(); },
                               [](const NodeFailed&) { return Epoch(); },
                               [](const NodeRecovered&) { return Epoch(); },
                               [](const TokenIssued& e) { return e.token.epoch; },
                               [](const TokenRefused& e) { return e.token.epoch; },
                               [](const auto& e) { return e.epoch; }},
                    what);
}

NodeId subject_of(const What& what) {
  return std::visit(Overloaded{[](const ElectionStarted& e) { return e.by; },
                               [](const ElectionWon& e) { return e.winner; },
                               [](const LeaderChanged& e) { return e.after; },
                               [](const PreemptiveElection& e) { return e.leader; },
                               [](const QuorumReached& e) { return e.candidate; },
                               [](const QuorumFailed& e) { return e.candidate; },
                               [](const ByzantineDetected& e) { return e.culprit; },
                               [](const TokenIssued& e) { return e.holder; },
                               [](const TokenRefused& e) { return e.holder; },
                               [](const auto& e) { return e.node; }},
                    what);
}

void apply(const Event& event, State& state) {
  ++state.counts[kind_of(event.what)];
  // What an offender or a refused holder claims may be any epoch.
  if (!std::holds_alternative<TokenRefused>(event.what) &&
      !std::holds_alternative<ByzantineDetected>(event.what))
    state.epoch = std::max(state.epoch, epoch_of(event.what));
  std::visit(
      Overloaded{[&](const LeaderChanged& e) { state.leader = e.after; },
                 [&](const NodeFailed& e) { state.down.insert(e.node, event.at); },
                 [&](const NodeRecovered& e) { state.down.erase(e.node); },
                 [&](const ByzantineDetected& e) { state.struck.insert(e.culprit, e.offence); },
                 [&](const TokenIssued& e) { state.token = std::max(state.token, e.token); },
                 [](const auto&) {}},
      event.what);
}

}  // namespace lockstep::audit
