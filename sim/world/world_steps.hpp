// World, part one: performing what is due, stepping machines, doing what they ask for. Included by
// world.hpp.
#pragma once

#include "core/text/to_text.hpp"
#include "core/wire/codec.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {

namespace detail {

template <class T>
[[nodiscard]] std::string_view traced_name(const T& value) {
  if constexpr (Variant<T>) {
    return std::visit([](const auto& alternative) { return traced_name(alternative); }, value);
  } else {
    return T::name;
  }
}

// Fills the part of a TracedStep that the event says.
template <class E>
void trace_event(TracedStep& traced, const E& event) {
  traced.event = alternative_name(event);
  traced.text = to_text(event);
  std::visit(
      Overloaded{[&]<class M>(const Received<M>& e) {
                   traced.from = e.from;
                   traced.name = traced_name(e.message);
                 },
                 [&]<class R>(const Requested<R>& e) { traced.name = traced_name(e.request); },
                 [&]<class T>(const TimerFired<T>& e) { traced.name = name_of(e.timer); },
                 [](const auto&) {}},
      event);
}

}  // namespace detail

template <class P>
World<P>::World(const Scenario& scenario, Fabric& fabric, const RunOptions& options)
    : scenario_(scenario),
      options_(options),
      fabric_(fabric),
      endpoints_{scenario.nodes, P::has_clients ? scenario.workload.clients : 0},
      end_(Instant() + scenario.duration),
      config_(P::config(scenario)),
      nodes_(endpoints_.nodes),
      clients_(endpoints_.clients),
      post_(scenario, fabric, mix_seed(scenario.seed, static_cast<std::uint64_t>(Purpose::post))),
      disk_random_(mix_seed(scenario.seed, static_cast<std::uint64_t>(Purpose::disk))),
      fault_random_(mix_seed(scenario.seed, static_cast<std::uint64_t>(Purpose::targets))),
      generator_(scenario.workload, end_,
                 mix_seed(scenario.seed, static_cast<std::uint64_t>(Purpose::workload))),
      watch_(scenario) {}

template <class P>
Outcome World<P>::run() {
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    nodes_[n].disk.preload(P::initial_records(scenario_, id(n)));
    const auto& down = scenario_.down;
    if (std::find(down.begin(), down.end(), id(n)) == down.end()) plan(now_, Launches{n});
  }
  Random layout(mix_seed(scenario_.seed, static_cast<std::uint64_t>(Purpose::faults)));
  const auto strikes = lay_out(scenario_, layout);
  for (const Strike& strike : strikes) plan(strike.at, FaultStrikes{strike.fault});
  if constexpr (P::has_clients) start_workload();

  fabric_.run(*this);
  if (look_) look_for_recovery();
  if (!stop_) now_ = end_;

  Outcome outcome;
  judge(outcome);
  return outcome;
}

template <class P>
void World<P>::plan(Instant at, Item item) {
  const Slot slot = items_.take();
  items_[slot] = std::move(item);
  agenda_.add(at, slot);
}

template <class P>
bool World<P>::hold(Slot slot, std::uint32_t node) {
  if (!nodes_[node].paused) return false;
  nodes_[node].held.push_back(slot);
  keep_slot_ = true;
  return true;
}

template <class P>
void World<P>::perform() {
  const auto due = agenda_.pop();
  if (look_ && due.at > now_)
    look_for_recovery();  // once an instant, however many nodes changed in it
  now_ = due.at;
  current_ = due.slot;
  keep_slot_ = false;
  Item& item = items_[due.slot];
  std::visit(
      Overloaded{
          [&](ForNode& e) { deliver(e); },
          [&](ForClient& e) {
            if (const auto* from =
                    std::get_if<Received<typename ClientAlphabet::Message>>(&e.event);
                from != nullptr &&
                post_.is_cut(endpoints_.index(from->from), endpoints_.nodes + e.client)) {
              ++lost_;
              if (options_.listener)
                options_.listener(TracedDrop{now_, id(endpoints_.nodes + e.client), e.message});
              return;
            }
            step_client(e.client, e.event, e.message);
          },
          [&](NodeAlarm& e) { wake(e); }, [&](ClientAlarm& e) { wake(e); },
          [&](SyncEnds& e) { sync_ends(e); },
          [&](SyncClaimed& e) {
            if (nodes_[e.node].incarnation != e.incarnation || !nodes_[e.node].machine ||
                hold(current_, e.node))
              return;
            step_node(e.node, Persisted{e.upto}, 0);
          },
          [&](FaultStrikes& e) { strike(e.fault); },
          [&](FaultEnds& e) {
            const FaultEnds end = std::move(e);
            end_fault(end);
          },
          [&](Launches& e) { launch(e.node); },
          [&](Arrives&) {
            if constexpr (P::has_clients) arrive();
          },
          [&](Thinks& e) {
            if constexpr (P::has_clients) make_operation(e.client);
          },
          [&](Scripted& e) {
            if constexpr (P::has_clients) script(e.line);
          },
          [](std::monostate) { check(false, "a slot on the agenda holds something"); }},
      item);
  if (!keep_slot_) items_.release(due.slot);
  if (scenario_.until.leader_stable_for) {
    const auto since = watch_.leader_since();
    if (since && now_ - *since >= *scenario_.until.leader_stable_for) stop_ = true;
  }
}

template <class P>
void World<P>::deliver(const ForNode& item) {
  Node& node = nodes_[item.node];
  if (const auto* message = std::get_if<Received<typename Alphabet::Message>>(&item.event)) {
    if (!node.machine || post_.is_cut(endpoints_.index(message->from), item.node)) {
      ++lost_;
      if (options_.listener) options_.listener(TracedDrop{now_, id(item.node), item.message});
      return;
    }
  } else if (const auto* request =
                 std::get_if<Requested<typename Alphabet::Request>>(&item.event)) {
    const auto client = static_cast<std::uint32_t>(request->id.value() >> 40);
    if (!node.machine ||
        (item.message != 0 && post_.is_cut(endpoints_.nodes + client, item.node))) {
      ++lost_;
      if (options_.listener) options_.listener(TracedDrop{now_, id(item.node), item.message});
      return;
    }
  }
  if (hold(current_, item.node)) return;
  ++delivered_;
  step_node(item.node, item.event, item.message);
}

template <class P>
void World<P>::launch(std::uint32_t n) {
  Node& node = nodes_[n];
  if (node.machine) return;
  ++node.incarnation;
  const std::uint64_t seed = mix_seed(scenario_.seed, static_cast<std::uint64_t>(Purpose::machine),
                                      n + 1, node.incarnation.value());
  node.machine.emplace(P::make(id(n), scenario_, config_, seed));
  watch_.started(now_, id(n), node.disk.durable());
  step_node(n, Started<typename Alphabet::Record>{node.disk.durable()}, 0);
}

template <class P>
void World<P>::step_node(std::uint32_t n, const NodeEvent& event, std::uint64_t message) {
  ++steps_;
  Node& node = nodes_[n];
  effects_.clear();
  try {
    node.machine->step(now_, event, effects_);
  } catch (const CheckFailed& failed) {
    violations_.push_back(
        {"internal check", failed.what() + std::string(" on ") + to_text(event), id(n), now_});
    stop_ = true;
    return;
  }
  if (options_.digest) {
    digest_.word(static_cast<std::uint64_t>(now_.ns()));
    digest_.word(n);
    fold(digest_, event);
    fold(digest_, effects_);
  }
  watch_.stepped(now_, id(n), *node.machine, event, effects_);
  if (options_.listener) {
    traced_ = TracedStep{};
    traced_.number = steps_;
    traced_.at = now_;
    traced_.node = id(n);
    traced_.message = message;
    detail::trace_event(traced_, event);
    for (const auto& effect : effects_) traced_.effects.push_back(to_text(effect));
    const RoleView role = P::role(*node.machine);
    traced_.role = role.role;
    traced_.term = role.term;
    traced_.commit = role.commit;
    traced_.state = P::state_text(*node.machine);
  }
  perform_node_effects(n);
  if (options_.listener) options_.listener(std::move(traced_));
  if (!watch_.violations().empty()) collect_violations();
  look_ = watch_.take_change() || look_;
}

template <class P>
void World<P>::step_client(std::uint32_t c, const ClientEvent& event, std::uint64_t message) {
  ++steps_;
  client_effects_.clear();
  ClientSeat& seat = clients_[c];
  seat.machine->step(now_, event, client_effects_);
  const std::uint32_t endpoint = endpoints_.nodes + c;
  if (message != 0) ++delivered_;
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
    detail::trace_event(traced_, event);
    for (const auto& effect : client_effects_) traced_.effects.push_back(to_text(effect));
  }
  perform_client_effects(c);
}

template <class P>
template <class Message, class MakeItem>
void World<P>::transmit(std::uint32_t from, std::uint32_t to, Message&& message, MakeItem&& make) {
  check(to < endpoints_.size(), "a message goes to an endpoint of the scenario");
  ++sent_;
  const std::uint64_t number = ++next_message_;
  std::uint64_t size = 0;
  if (scenario_.network.wire || post_.measures_bytes()) {
    wire_.clear();
    wire::encode(message, wire_);
    size = wire_.size();
    bytes_ += size;
  }
  const Post::Fate fate = post_.dispatch(now_, from, to, post_.measures_bytes() ? size : 0);
  const bool traced = static_cast<bool>(options_.listener);
  if (traced) {
    traced_.sent.push_back(
        {number, id(to), std::string(detail::traced_name(message)),
         fate.lost.empty() && !fate.flow ? std::optional(fate.arrives) : std::nullopt,
         std::string(fate.lost)});
  }
  if (!fate.lost.empty()) {
    ++lost_;
    if (fate.lost == "loss") {
      last_loss_ = now_;
    }
    return;
  }
  if (scenario_.network.wire) {
    check(wire::decode_into(std::string_view(wire_), message), "what was encoded is decoded");
  }
  if (fate.duplicate) {
    ++doubled_;
    const std::uint64_t copy = ++next_message_;
    if (traced) {
      traced_.sent.push_back(
          {copy, id(to), std::string(detail::traced_name(message)), fate.duplicate, ""});
    }
    auto twin = message;
    const Slot slot = items_.take();
    make(items_[slot], std::move(twin), copy);
    agenda_.add(*fate.duplicate, slot);
  }
  const Slot slot = items_.take();
  make(items_[slot], std::move(message), number);
  if (fate.flow) {
    fabric_.start_flow(now_, from, to, size, slot);
  } else {
    agenda_.add(fate.arrives, slot);
  }
}

template <class P>
void World<P>::perform_node_effects(std::uint32_t n) {
  using Message = typename Alphabet::Message;
  Node& node = nodes_[n];
  for (auto& effect : effects_) {
    std::visit(
        Overloaded{
            [&](Send<Message>& send) {
              const std::uint32_t to = send.to.value() - 1;
              transmit(n, to, std::move(send.message),
                       [&](Item& item, Message&& message, std::uint64_t number) {
                         item.template emplace<ForNode>(
                             to, number, NodeEvent(Received<Message>{id(n), std::move(message)}));
                       });
            },
            [&](SetTimer<typename Alphabet::Timer>& set) {
              const Instant at = std::max(set.at, now_);
              if (const auto queue = node.alarms.set(set.timer, set.epoch, at)) {
                plan(*queue, NodeAlarm{n, set.timer, node.incarnation, *queue});
              }
            },
            [&](CancelTimer<typename Alphabet::Timer>& cancel) {
              node.alarms.cancel(cancel.timer);
            },
            [&](Persist<typename Alphabet::Record>& persist) {
              if (node.disk.write(std::move(persist.records))) begin_sync(n);
              if (scenario_.disk.lies)
                plan(now_, SyncClaimed{n, node.incarnation, node.disk.issued()});
            },
            [&](Answer<typename Alphabet::Reply>& answer) {
              if constexpr (P::has_clients) {
                using ClientMessage = typename ClientAlphabet::Message;
                const auto client = static_cast<std::uint32_t>(answer.id.value() >> 40);
                if (client >= clients_.size()) return;  // the scenario itself asked
                transmit(n, endpoints_.nodes + client, ClientMessage(std::move(answer.reply)),
                         [&](Item& item, ClientMessage&& message, std::uint64_t number) {
                           item.template emplace<ForClient>(
                               client, number,
                               ClientEvent(Received<ClientMessage>{id(n), std::move(message)}));
                         });
              }
            },
            [](Notify<typename Alphabet::Notice>&) {}},
        effect);
  }
}

template <class P>
void World<P>::perform_client_effects(std::uint32_t c) {
  using Message = typename ClientAlphabet::Message;
  ClientSeat& seat = clients_[c];
  // An answer may lead to the next operation, and so to another step of this client: that one comes
  // later.
  for (auto& effect : client_effects_) {
    std::visit(Overloaded{[&](Send<Message>& send) {
                            if constexpr (P::has_clients) {
                              using Request = typename Alphabet::Request;
                              ++requests_;
                              const std::uint32_t to = send.to.value() - 1;
                              const RequestId request((std::uint64_t{c} << 40) | ++next_request_);
                              transmit(
                                  endpoints_.nodes + c, to, P::as_request(std::move(send.message)),
                                  [&](Item& item, Request&& message, std::uint64_t number) {
                                    item.template emplace<ForNode>(
                                        to, number,
                                        NodeEvent(Requested<Request>{request, std::move(message)}));
                                  });
                            }
                          },
                          [&](SetTimer<typename ClientAlphabet::Timer>& set) {
                            const Instant at = std::max(set.at, now_);
                            if (const auto queue = seat.alarms.set(set.timer, set.epoch, at)) {
                              plan(*queue, ClientAlarm{c, set.timer, *queue});
                            }
                          },
                          [&](CancelTimer<typename ClientAlphabet::Timer>& cancel) {
                            seat.alarms.cancel(cancel.timer);
                          },
                          [&](Answer<typename ClientAlphabet::Reply>& answer) {
                            if constexpr (P::has_clients) answered(c, answer.id, answer.reply);
                          },
                          [](auto&) {}},
               effect);
  }
  if (options_.listener) options_.listener(std::move(traced_));
}

template <class P>
void World<P>::begin_sync(std::uint32_t n) {
  Node& node = nodes_[n];
  const Duration latency =
      node.disk.slow ? *node.disk.slow : draw_latency(scenario_.disk.latency, disk_random_);
  plan(now_ + latency, SyncEnds{n, node.incarnation, node.disk.issued()});
}

template <class P>
void World<P>::sync_ends(const SyncEnds& sync) {
  const auto [n, incarnation, upto] = sync;
  Node& node = nodes_[n];
  if (node.incarnation != incarnation || !node.machine || hold(current_, n)) return;
  if (node.disk.synced(upto)) begin_sync(n);
  if (!scenario_.disk.lies) step_node(n, Persisted{upto}, 0);
}

template <class P>
void World<P>::wake(const NodeAlarm& alarm) {
  const auto [n, timer, incarnation, planned] = alarm;
  Node& node = nodes_[n];
  if (node.incarnation != incarnation || !node.machine || hold(current_, n)) return;
  const auto woken = node.alarms.wake(timer, planned, now_);
  if (woken.again) plan(*woken.again, NodeAlarm{n, timer, incarnation, *woken.again});
  if (woken.fires) step_node(n, TimerFired<typename Alphabet::Timer>{timer, *woken.fires}, 0);
}

template <class P>
void World<P>::wake(const ClientAlarm& alarm) {
  const auto [c, timer, planned] = alarm;
  const auto woken = clients_[c].alarms.wake(timer, planned, now_);
  if (woken.again) plan(*woken.again, ClientAlarm{c, timer, *woken.again});
  if (woken.fires)
    step_client(c, TimerFired<typename ClientAlphabet::Timer>{timer, *woken.fires}, 0);
}

template <class P>
void World<P>::collect_violations() {
  for (auto& violation : watch_.violations()) {
    if (options_.listener) {
      options_.listener(
          TracedViolation{violation.at, steps_, violation.node, violation.rule, violation.text});
    }
    violations_.push_back(std::move(violation));
  }
  watch_.violations().clear();
}

}  // namespace lockstep::sim
