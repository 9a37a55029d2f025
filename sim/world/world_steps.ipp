// World, part two: a machine takes a step. Included by world.hpp.
#pragma once

#include "sim/world/traced_event.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {

template <class P>
void World<P>::step_node(std::uint32_t n, const NodeEvent& event, std::uint64_t message) {
  ++steps_;
  Node& node = nodes_[n];
  const Instant told = node.clock.plain() ? now_ : node.clock.tell(now_);
  effects_.clear();
  try {
    node.machine->step(told, event, effects_);
  } catch (const CheckFailed& failed) {
    broke({"internal check", failed.what() + std::string(" on ") + to_text(event),
           id(endpoint_of(n)), now_});
    stop_ = true;
    return;
  }
  if (options_.digest) {
    digest_.word(static_cast<std::uint64_t>(now_.ns()));
    digest_.word(n);
    fold(digest_, event);
    fold(digest_, effects_);
  }
  if constexpr (requires { watch_.delivered(message, n); }) watch_.delivered(message, n);
  if constexpr (requires { watch_.clock_tells(told); }) watch_.clock_tells(told);
  if (!is_second(n)) watch_.stepped(now_, id(n), *node.machine, event, effects_);
  if (options_.listener) {
    begin_trace(n, event, message);
    for (const auto& effect : effects_) traced_.effects.push_back(to_text(effect));
  }
  perform_node_effects(n);
  if (options_.listener) options_.listener(std::move(traced_));
  if (!watch_.violations().empty()) collect_violations();
  look_ = watch_.take_change() || look_;
}

template <class P>
void World<P>::begin_trace(std::uint32_t n, const NodeEvent& event, std::uint64_t message) {
  traced_ = TracedStep{};
  traced_.number = steps_;
  traced_.at = now_;
  traced_.node = id(endpoint_of(n));
  traced_.message = message;
  trace_event(traced_, event);
  const Machine& machine = *nodes_[n].machine;
  traced_.state = P::state_text(machine);
  if (is_second(n)) {  // without a role, so that nobody takes it for the first one
    traced_.state = "second copy: " + traced_.state;
    return;
  }
  const RoleView role = P::role(machine);
  traced_.role = role.role;
  traced_.term = role.term;
  traced_.commit = role.commit;
}

template <class P>
void World<P>::step_client(std::uint32_t c, const ClientEvent& event, std::uint64_t message) {
  ++steps_;
  client_effects_.clear();
  ClientSeat& seat = clients_[c];
  const std::uint32_t endpoint = endpoints_.nodes + c;
  try {
    seat.machine->step(now_, event, client_effects_);
  } catch (const CheckFailed& failed) {
    broke({"internal check", failed.what() + std::string(" on ") + to_text(event), id(endpoint),
           now_});
    stop_ = true;
    return;
  }
  if (message != 0) ++delivered_;
  if constexpr (requires { watch_.delivered(message, endpoint); })
    watch_.delivered(message, endpoint);
  if (options_.digest) {
    digest_.word(static_cast<std::uint64_t>(now_.ns()));
    digest_.word(endpoint);
    fold(digest_, event);
    fold(digest_, client_effects_);
  }
  if (options_.listener) {
    traced_ = TracedStep{};
    traced_.number = steps_;
    traced_.at = now_;
    traced_.node = id(endpoint);
    traced_.message = message;
    trace_event(traced_, event);
    for (const auto& effect : client_effects_) traced_.effects.push_back(to_text(effect));
  }
  perform_client_effects(c);
}

template <class P>
void World<P>::broke(Violation violation) {
  if (options_.listener) {
    options_.listener(
        TracedViolation{violation.at, steps_, violation.node, violation.rule, violation.text});
  }
  violations_.push_back(std::move(violation));
}

template <class P>
void World<P>::collect_violations() {
  for (auto& violation : watch_.violations()) broke(std::move(violation));
  watch_.violations().clear();
}

}  // namespace lockstep::sim
