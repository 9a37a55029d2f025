// World, part three: what machines ask for is done: messages, timers, disks. Included by world.hpp.
#pragma once

#include "core/wire/codec.hpp"
#include "sim/world/traced_event.hpp"
#include "sim/world/world.hpp"

namespace lockstep::sim {

// One byte of its encoding is changed. False when nobody would take that for a message.
template <class P>
template <class Message>
bool World<P>::damage(Message& message, std::uint64_t by) {
  ++damaged_;
  wire_.clear();
  wire::encode(message, wire_);
  if (wire_.empty()) return false;
  char& byte = wire_[by % wire_.size()];
  byte = static_cast<char>(byte ^ static_cast<char>(1 + (by >> 32) % 255));
  return wire::decode_into(std::string_view(wire_), message);
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
  Post::Fate fate = post_.dispatch(now_, from, to, post_.measures_bytes() ? size : 0);
  const std::string_view name = options_.listener ? traced_name(message) : std::string_view();
  if (fate.lost == "corrupt") ++damaged_;
  if (fate.damage != 0 && !damage(message, fate.damage)) fate.lost = "corrupt";
  const auto trace_copy = [&](std::uint64_t copy, const std::optional<Instant>& arrives) {
    if (options_.listener) {
      traced_.sent.push_back({copy, id(to), std::string(name), arrives, std::string(fate.lost)});
    }
  };
  const auto arrival = [&](const Post::Copy& copy) {
    return fate.lost.empty() && !fate.flow && !fate.clogged ? std::optional(copy.arrives)
                                                            : std::nullopt;
  };
  const auto carry = [&](const Post::Copy& copy, Slot slot) {
    if (fate.clogged) {
      ++held_;
      clogged_.push_back(
          {from, to, slot, fate.flow ? size : 0, fate.flow ? copy.late : copy.arrives - now_});
    } else if (fate.flow) {
      fabric_.start_flow(now_, from, to, size, copy.late, slot);
    } else {
      agenda_.add(copy.arrives, slot);
    }
  };
  const auto note = [&]([[maybe_unused]] std::uint64_t copy) {
    if constexpr (requires { watch_.sent(copy, from); }) {
      if (!for_machine_) watch_.sent(copy, from);
    }
  };
  trace_copy(number, arrival(fate.copy));
  if (!fate.lost.empty()) {
    ++lost_;
    if (fate.lost != "cut") last_loss_ = now_;
    return;
  }
  if (scenario_.network.wire && fate.damage == 0) {
    check(wire::decode_into(std::string_view(wire_), message), "what was encoded is decoded");
  }
  if (scenario_.network.fifo) stream(from, to).under_way.push_back(number);
  if (fate.duplicate) {
    ++doubled_;
    const std::uint64_t copy = ++next_message_;
    if (scenario_.network.fifo) stream(from, to).under_way.push_back(copy);
    trace_copy(copy, arrival(*fate.duplicate));
    note(copy);
    auto twin = message;
    const Slot slot = items_.take();
    make(items_[slot], std::move(twin), copy);
    carry(*fate.duplicate, slot);
  }
  note(number);
  const Slot slot = items_.take();
  make(items_[slot], std::move(message), number);
  carry(fate.copy, slot);
}

template <class P>
void World<P>::perform_node_effects(std::uint32_t n) {
  using Message = typename Alphabet::Message;
  Node& node = nodes_[n];
  for (auto& effect : effects_) {
    std::visit(
        Overloaded{[&](Send<Message>& send) {
                     const std::uint32_t to = send.to.value() - 1;
                     stores_.fill(n, send.message);
                     if (node.adversary) return betray(n, to, std::move(send.message));
                     this->send(n, id(endpoint_of(n)), to, std::move(send.message));
                   },
                   [&](SetTimer<typename Alphabet::Timer>& set) {
                     const Instant at = node.clock.plain() ? std::max(set.at, now_)
                                                           : node.clock.when(set.at, now_);
                     if (const auto queue = node.alarms.set(set.timer, set.epoch, at, set.at)) {
                       plan(*queue, NodeAlarm{n, set.timer, node.incarnation, *queue});
                     }
                   },
                   [&](CancelTimer<typename Alphabet::Timer>& cancel) {
                     node.alarms.cancel(cancel.timer);
                   },
                   [&](Persist<typename Alphabet::Record>& persist) {
                     stores_.persists(n, persist.records);
                     if (node.disk.write(std::move(persist.records))) begin_sync(n);
                     if (scenario_.disk.lies)
                       plan(now_, SyncClaimed{n, node.incarnation, node.disk.issued()});
                   },
                   [&](Answer<typename Alphabet::Reply>& answer) {
                     this->answer(n, answer.id, std::move(answer.reply));
                   },
                   [](Notify<typename Alphabet::Notice>&) {}},
        effect);
  }
}

// Whether this one of two copies, or the only one, exchanges messages with the endpoint.
template <class P>
bool World<P>::talk(std::uint32_t n, std::uint32_t endpoint) const {
  if (nodes_.size() == endpoints_.nodes) return true;
  const Node& original = nodes_[endpoint_of(n)];
  return original.second.empty() || original.second[endpoint] == is_second(n);
}

template <class P>
void World<P>::send(std::uint32_t n, NodeId as, std::uint32_t to,
                    typename Alphabet::Message&& message) {
  using Message = typename Alphabet::Message;
  const std::uint32_t from = endpoint_of(n);
  const auto send_to = [&](std::uint32_t copy, Message&& what) {
    transmit(from, to, std::move(what), [&](Item& item, Message&& arrived, std::uint64_t number) {
      item = ForNode{copy, from, number, Received<Message>{as, std::move(arrived)}};
    });
  };
  if (nodes_.size() == endpoints_.nodes) return send_to(to, std::move(message));
  const std::uint32_t second = nodes_[to].twin;
  if (!talk(n, to)) return;
  if (second != 0 && talk(second, from)) send_to(second, Message(message));
  if (second == 0 || talk(to, from)) send_to(to, std::move(message));
}

template <class P>
void World<P>::ask(std::uint32_t c, std::uint32_t to, typename Alphabet::Request&& request) {
  using Request = typename Alphabet::Request;
  const std::uint32_t from = endpoints_.nodes + c;
  const RequestId number = request_from(c);
  const auto ask_of = [&](std::uint32_t copy, Request&& what) {
    transmit(from, to, std::move(what), [&](Item& item, Request&& arrived, std::uint64_t message) {
      item = ForNode{copy, from, message, Requested<Request>{number, std::move(arrived)}};
    });
  };
  const std::uint32_t second = nodes_[to].twin;
  if (second != 0 && talk(second, from)) ask_of(second, Request(request));
  if (second == 0 || talk(to, from)) ask_of(to, std::move(request));
}

template <class P>
void World<P>::answer(std::uint32_t n, RequestId request, typename Alphabet::Reply&& reply) {
  if constexpr (P::has_clients) {
    using ClientMessage = typename ClientAlphabet::Message;
    const std::uint32_t client = client_of(request);
    if (client >= clients_.size()) return;  // the scenario itself asked
    if (!talk(n, endpoints_.nodes + client)) return;
    const auto for_client = [&] {
      if constexpr (std::constructible_from<ClientMessage, typename Alphabet::Reply>) {
        return ClientMessage(std::move(reply));
      } else {
        return P::for_client(std::move(reply));
      }
    };
    transmit(endpoint_of(n), endpoints_.nodes + client, for_client(),
             [&](Item& item, ClientMessage&& message, std::uint64_t number) {
               item = ForClient{client, number,
                                Received<ClientMessage>{id(endpoint_of(n)), std::move(message)}};
             });
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
                              ++requests_;
                              ask(c, send.to.value() - 1, P::as_request(std::move(send.message)));
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
  if (node.stalled_by != 0) {
    witnesses_.insert("disk_stalled");
    node.stalled = sync;
    return;
  }
  if (node.sync_fails) return sync_fails(n);
  bool another = false;
  if (node.misdirects) {
    bool hit = false;
    another = node.disk.misdirected(upto, disk_fault_random_, hit);
    if (hit) witnesses_.insert("misdirected");
    node.misdirects = !hit;
  } else {
    another = node.disk.synced(upto);
  }
  if (another) begin_sync(n);
  if (scenario_.disk.lies) return;
  stores_.durable(n, upto);
  step_node(n, Persisted{upto}, 0);
}

template <class P>
void World<P>::sync_claimed(const SyncClaimed& sync) {
  const auto [n, incarnation, upto] = sync;
  if (nodes_[n].incarnation != incarnation || !nodes_[n].machine || hold(current_, n)) return;
  stores_.durable(n, upto);
  step_node(n, Persisted{upto}, 0);
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

}  // namespace lockstep::sim
