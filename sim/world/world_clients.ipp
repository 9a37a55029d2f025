// World, part five: clients, their operations, what they see. Included by world.hpp.
#pragma once

#include "sim/world/world.hpp"

namespace lockstep::sim {

template <class P>
void World<P>::start_workload() {
  const Workload& load = scenario_.workload;
  std::vector<NodeId> servers;
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) servers.push_back(id(n));
  for (std::uint32_t c = 0; c < endpoints_.clients; ++c) {
    const std::uint64_t seed =
        mix_seed(scenario_.seed, static_cast<std::uint64_t>(Purpose::client), c + 1);
    clients_[c].machine.emplace(P::make_client(id(endpoints_.nodes + c), servers, scenario_, seed));
    plan(now_, ForClient{c, 0, ClientEvent(Started<typename ClientAlphabet::Record>{})});
  }
  for (std::size_t line = 0; line < load.script.size(); ++line)
    plan(load.script[line].at, Scripted{line});
  if (endpoints_.clients == 0) return;
  if (load.rate) {
    if (const auto first = generator_.next_arrival(now_)) plan(*first, Arrives{});
  } else if (closed_loop()) {
    for (std::uint32_t c = 0; c < endpoints_.clients; ++c) {
      for (std::uint32_t k = 0; k < load.pipeline; ++k) think(c, load.start);
    }
  }
}

// A script alone is a load of no operations.
template <class P>
bool World<P>::closed_loop() const {
  return !scenario_.workload.rate && scenario_.workload.operations != std::uint64_t{0};
}

template <class P>
void World<P>::think(std::uint32_t c, Instant until) {
  ++clients_[c].thinking;
  plan(until, Thinks{c});
}

template <class P>
void World<P>::arrive() {
  const std::uint32_t c = next_client_;
  next_client_ = (next_client_ + 1) % endpoints_.clients;
  make_operation(c);
  if (const auto next = generator_.next_arrival(now_)) plan(*next, Arrives{});
}

template <class P>
void World<P>::make_operation(std::uint32_t c) {
  if (!generator_.may_make(now_)) return;
  history_.push_back(generator_.draw());
  wished_.push_back(now_);
  submit(c, history_.size() - 1);
}

template <class P>
void World<P>::script(std::size_t line) {
  const Operation& operation = scenario_.workload.script[line];
  history_.push_back(generator_.scripted(operation));
  wished_.push_back(now_);
  submit(operation.client - 1, history_.size() - 1);
}

template <class P>
void World<P>::submit(std::uint32_t c, std::size_t place) {
  ClientSeat& seat = clients_[c];
  HistoryOperation& operation = history_[place];
  operation.client = id(endpoints_.nodes + c);
  operation.invoked = now_;
  operation.invoked_order = ++next_place_;
  if (seat.open >= scenario_.workload.pipeline) {
    seat.backlog.push_back(place);
    return;
  }
  ++seat.open;
  plan(now_, ForClient{c, 0,
                       ClientEvent(Requested<typename ClientAlphabet::Request>{
                           RequestId(place), P::operation(operation)})});
}

template <class P>
void World<P>::answered(std::uint32_t c, RequestId request,
                        const typename ClientAlphabet::Reply& reply) {
  ClientSeat& seat = clients_[c];
  HistoryOperation& operation = history_[request.value()];
  operation.returned = now_;
  operation.returned_order = ++next_place_;
  P::close(operation, reply);
  generator_.learnt(operation);
  --seat.open;
  if (operation.outcome == HistoryOperation::Outcome::ok) {
    latencies_.push_back((now_ - wished_[request.value()]).ns());
    if (!recovered_ && operation.invoked >= calm_since_) recovered_ = now_;
  }
  if (!seat.backlog.empty()) {
    const std::size_t place = seat.backlog.front();
    seat.backlog.pop_front();
    submit(c, place);
  } else if (closed_loop() && seat.open + seat.thinking < scenario_.workload.pipeline) {
    think(c, now_ + scenario_.workload.think);
  }
}

}  // namespace lockstep::sim
