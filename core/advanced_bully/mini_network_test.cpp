#include "core/advanced_bully/mini_network_test.hpp"

#include "core/audit/verify.hpp"

namespace lockstep::advanced_bully {

Instant Clock::world(Instant shows) const {
  const Duration since = shows - Instant() - ahead;
  Instant guess = Instant() + since - since / 1'000'000 * fast_ppm;
  while (local(guess) < shows) guess = guess + std::max(shows - local(guess), Duration(1));
  return guess;
}

std::size_t MiniNetwork::count_sent(std::string_view message) const {
  const auto found = sent.find(message);
  return found == sent.end() ? 0 : found->second;
}

void MiniNetwork::start(NodeId id) {
  Node& node = at(id);
  ++node.incarnation;
  node.born = now_;
  node.coming.clear();
  node.durable = {};
  node.machine.emplace(keyring(id), count(), config_, mix_seed(seed_, id.value()));
  observer.forget(id);
  give(id, Started<Record>{node.disk});
  if (honest(id)) observer.started(*node.machine, node.disk);
}

void MiniNetwork::run_until(Instant end) {
  while (!queue_.empty() && queue_.begin()->first.first <= end) {
    const Item item = std::move(queue_.begin()->second);
    now_ = queue_.begin()->first.first;
    queue_.erase(queue_.begin());
    Node& node = at(item.to);
    if (item.own && item.incarnation != node.incarnation) continue;
    if (const auto* persisted = std::get_if<Persisted>(&item.event)) flush(node, persisted->upto);
    if (const auto* in = std::get_if<Received<Message>>(&item.event); in && overhear)
      overhear(item.to, in->from, in->message);
    give(item.to, item.event);
  }
  now_ = end;
}

std::vector<NodeId> MiniNetwork::everybody() const {
  std::vector<NodeId> ids;
  for (NodeId id(1); id <= NodeId(count()); ++id) ids.push_back(id);
  return ids;
}

std::vector<NodeId> MiniNetwork::live_honest() const {
  std::vector<NodeId> ids = everybody();
  std::erase_if(ids, [&](NodeId id) { return !alive(id) || !honest(id); });
  return ids;
}

NodeId MiniNetwork::settled() const {
  NodeId leader;
  for (const NodeId id : live_honest()) {
    const NodeId one = machine(id).leader();
    if (one == nobody || (leader != nobody && one != leader)) return nobody;
    leader = one;
  }
  if (leader == nobody || !alive(leader)) return nobody;
  const bool leads = !honest(leader) || machine(leader).role() == RoleName::coordinator;
  return leads ? leader : nobody;
}

NodeId MiniNetwork::fittest() const {
  std::optional<bully::Fitness> best;
  for (const NodeId id : live_honest()) {
    const bully::Fitness own{bully::total(machine(id).breakdown(local_now(id))), id};
    if (!best || *best < own) best = own;
  }
  return best ? best->node : nobody;
}

bool MiniNetwork::trail_verifies(NodeId id) const {
  std::vector<audit::Event> events;
  for (const Record& record : disk(id))
    if (const auto* event = std::get_if<audit::Event>(&record)) events.push_back(*event);
  return !audit::verify(events);
}

Clock MiniNetwork::clock(NodeId id) const {
  const auto found = clocks.find(id);
  return found == clocks.end() ? Clock{} : found->second;
}

void MiniNetwork::flush(Node& node, RecordSeq upto) {
  const auto until =
      node.coming.begin() + static_cast<std::ptrdiff_t>(upto.value() - node.durable.value());
  node.disk.insert(node.disk.end(), node.coming.begin(), until);
  node.coming.erase(node.coming.begin(), until);
  node.durable = upto;
}

void MiniNetwork::give(NodeId id, const Event<Alphabet>& event) {
  if (!alive(id)) return;
  Effects<Alphabet> effects;
  at(id).machine->step(local_now(id), event, effects);
  if (honest(id)) observer.stepped(*at(id).machine, at(id).disk, effects);
  for (const auto& effect : effects) perform(id, effect);
}

void MiniNetwork::perform(NodeId id, const Effect<Alphabet>& effect) {
  if (const auto* send = std::get_if<Send<Message>>(&effect)) {
    if (honest(id)) return post(id, send->to, send->message);
    for (const Message& lie : twist.at(id)(send->to, send->message)) post(id, send->to, lie);
  } else if (const auto* set = std::get_if<SetTimer<Timer>>(&effect)) {
    push(std::max(now_, clock(id).world(set->at)),
         {id, true, at(id).incarnation, TimerFired<Timer>{set->timer, set->epoch}});
  } else if (const auto* persist = std::get_if<Persist<Record>>(&effect)) {
    write(id, persist->records);
  } else if (const auto* answer = std::get_if<lockstep::Answer<Reply>>(&effect)) {
    answers.emplace_back(id, *answer);
  } else if (const auto* notify = std::get_if<Notify<audit::What>>(&effect)) {
    if (honest(id)) notices.push_back({now_, id, notify->notice});
  }
}

void MiniNetwork::post(NodeId from, NodeId to, const Message& message) {
  ++sent[alternative_name(message)];
  if (cut(from, to) || random_.chance(loss)) return;
  const bool datagram = datagram_delay > Duration(0) && is_worthless_later(message);
  for (int copy = 0; copy < (datagram ? 2 : 1); ++copy) {
    const Duration late = datagram ? random_.between(Duration(0), datagram_delay) : Duration(0);
    push(now_ + random_.between(latency_low, latency_high) + late,
         {to, false, 0, Received<Message>{from, message}});
  }
}

void MiniNetwork::write(NodeId id, const std::vector<Record>& records) {
  Node& node = at(id);
  node.coming.insert(node.coming.end(), records.begin(), records.end());
  node.disk_free = std::max(now_, node.disk_free) + random_.between(disk_low, disk_high);
  const RecordSeq upto(node.durable.value() + node.coming.size());
  push(node.disk_free, {id, true, node.incarnation, Persisted{upto}});
}

}  // namespace lockstep::advanced_bully
