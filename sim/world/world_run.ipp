// World, part one: what is due is taken and done. Included by world.hpp.
#pragma once

#include "sim/world/world.hpp"

namespace lockstep::sim {

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
      disk_fault_random_(mix_seed(scenario.seed, static_cast<std::uint64_t>(Purpose::disk_faults))),
      treason_random_(mix_seed(scenario.seed, static_cast<std::uint64_t>(Purpose::treason))),
      disk_random_(mix_seed(scenario.seed, static_cast<std::uint64_t>(Purpose::disk))),
      fault_random_(mix_seed(scenario.seed, static_cast<std::uint64_t>(Purpose::targets))),
      generator_(scenario.workload, end_,
                 mix_seed(scenario.seed, static_cast<std::uint64_t>(Purpose::workload))),
      watch_(make_watch(scenario, config_)) {}

template <class P>
Outcome World<P>::run() {
  auto found_on_disk = P::initial_records(scenario_);
  for (std::uint32_t n = 0; n < endpoints_.nodes; ++n) {
    if (!found_on_disk.empty()) nodes_[n].disk.preload(std::move(found_on_disk[n]));
    const auto& down = scenario_.down;
    if (std::find(down.begin(), down.end(), id(n)) == down.end()) plan(now_, Launches{n});
  }
  Random layout(mix_seed(scenario_.seed, static_cast<std::uint64_t>(Purpose::faults)));
  const auto strikes = lay_out(scenario_, layout);
  for (const Strike& strike : strikes) plan(strike.at, FaultStrikes{strike.fault});
  faults_ahead_ = strikes.size();
  if constexpr (P::has_clients) start_workload();
  if constexpr (requires { P::orders(config_); }) {
    for (const auto& order : P::orders(config_)) {
      const std::uint32_t n = endpoints_.index(order.node);
      plan(order.at, ForNode{n, n, 0,
                             NodeEvent(Requested<typename Alphabet::Request>{
                                 request_from(nobody_asked), order.request})});
    }
  }

  fabric_.run(*this);
  if (look_) look_for_recovery();
  if (!stop_ && !recovered_long_ago()) now_ = end_;

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
  Node& held_by = nodes_[node];
  if (now_ == held_by.resumed_at && order_ < held_by.first_replay) {
    agenda_.add(now_, slot);  // what waited comes first
  } else if (held_by.paused) {
    held_by.held.push_back(slot);
  } else {
    return false;
  }
  keep_slot_ = true;
  return true;
}

// Whether what is being performed waited while the node was paused.
template <class P>
bool World<P>::replayed(const Node& node) const {
  return now_ == node.resumed_at && order_ >= node.first_replay && order_ < node.after_replays;
}

template <class P>
void World<P>::perform() {
  const auto due = agenda_.pop();
  if (look_ && due.at > now_)
    look_for_recovery();  // once an instant, however many nodes changed in it
  now_ = due.at;
  current_ = due.slot;
  order_ = due.order;
  keep_slot_ = false;
  Item& item = items_[due.slot];
  std::visit(
      Overloaded{[&](ForNode& e) { deliver(e); }, [&](ForClient& e) { deliver(e); },
                 [&](NodeAlarm& e) { wake(e); }, [&](ClientAlarm& e) { wake(e); },
                 [&](SyncEnds& e) { sync_ends(e); }, [&](SyncClaimed& e) { sync_claimed(e); },
                 [&](FaultStrikes& e) {
                   --faults_ahead_;
                   strike(e.fault);
                 },
                 [&](FaultEnds& e) {
                   --faults_ahead_;
                   const FaultEnds end = std::move(e);
                   end_fault(end);
                 },
                 [&](Isolates& e) {
                   --faults_ahead_;
                   isolate(Isolates(e));
                 },
                 [&](Launches& e) { launch(e.node); },
                 [&](Arrives&) {
                   if constexpr (P::has_clients) arrive();
                 },
                 [&](Thinks& e) {
                   if constexpr (P::has_clients) {
                     --clients_[e.client].thinking;
                     make_operation(e.client);
                   }
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
void World<P>::drop(std::uint32_t endpoint, std::uint64_t message) {
  ++lost_;
  if (options_.listener) options_.listener(TracedDrop{now_, id(endpoint), message});
}

template <class P>
bool World<P>::before_its_turn(std::uint32_t from, std::uint32_t to, std::uint64_t message) {
  if (!scenario_.network.fifo || message == 0) return false;
  auto& [under_way, early] = stream(from, to);
  if (under_way.empty() || message < under_way.front()) return false;  // it waited in a paused node
  if (message != under_way.front()) {
    early.emplace(message, current_);
    return keep_slot_ = true;
  }
  under_way.pop_front();
  if (!early.empty() && early.begin()->first == under_way.front()) {
    agenda_.add(now_, early.begin()->second);
    early.erase(early.begin());
  }
  return false;
}

template <class P>
void World<P>::deliver(const ForNode& item) {
  // What the scenario itself asks of a node crosses no link.
  const Node& node = nodes_[item.node];
  const std::uint32_t to = endpoint_of(item.node);
  if (before_its_turn(item.from, to, item.message)) return;
  // What waited in a paused node has arrived, whatever was cut since.
  const bool cut = item.from != to && !replayed(node) && post_.is_cut(item.from, to);
  if (!node.machine || cut) {
    if (item.message != 0) drop(to, item.message);
    return;
  }
  if (hold(current_, item.node)) return;
  if (node.full_by != 0 && finds_no_room(item)) return;
  if (item.message != 0) ++delivered_;
  step_node(item.node, item.event, item.message);
}

template <class P>
void World<P>::deliver(const ForClient& item) {
  const auto* message = std::get_if<Received<typename ClientAlphabet::Message>>(&item.event);
  const std::uint32_t endpoint = endpoints_.nodes + item.client;
  if (message != nullptr) {
    const std::uint32_t from = endpoints_.index(message->from);
    if (before_its_turn(from, endpoint, item.message)) return;
    if (post_.is_cut(from, endpoint)) {
      drop(endpoint, item.message);
      return;
    }
  }
  step_client(item.client, item.event, item.message);
}

template <class P>
void World<P>::launch(std::uint32_t n) {
  Node& node = nodes_[n];
  if (node.machine) return;
  if (node.relapses.left > 0) return relapse(n);
  auto found = node.disk.recover();
  if constexpr (requires { P::flaw_in(found.records); }) {
    // On a disk that nothing happened to, a flaw is the machine's own doing, and it says so itself.
    if (found.flaw.empty() && (node.spoilt || found.torn_tail))
      found.flaw = P::flaw_in(found.records);
  }
  if (!found.flaw.empty()) return refuse_start(n, found.flaw);
  if (found.torn_tail) witnesses_.insert("torn_tail");
  ++node.incarnation;
  node.clock.restart();
  node.down_by = 0;
  const std::uint64_t seed = mix_seed(scenario_.seed, static_cast<std::uint64_t>(Purpose::machine),
                                      n + 1, node.incarnation.value());
  node.machine.emplace(P::make(id(endpoint_of(n)), scenario_, config_, seed));
  if (!is_second(n)) watch_.started(now_, id(n), found.records);
  stores_.started(n, found.records);
  step_node(n, Started<typename Alphabet::Record>{std::move(found.records)}, 0);
}

}  // namespace lockstep::sim
