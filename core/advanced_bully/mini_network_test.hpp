// The least world an AdvancedBully machine can be tested in: one queue ordered by (time, sequence
// number), latencies, loss, cuts, disks that take their time, clocks that differ, and liars.
//
// A liar has a machine like everybody, but what it sends goes through `twist`, and a test may put
// words in its mouth with say(). Only honest nodes are observed.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/advanced_bully/advanced_bully.hpp"
#include "core/advanced_bully/observer_test.hpp"
#include "core/audit/verify.hpp"
#include "core/base/random.hpp"
#include "core/quorum/ideal_scheme.hpp"

namespace lockstep::advanced_bully {

// The node's own clock: ahead of the world's, and faster by some parts of a million.
struct Clock {
  Duration ahead;
  std::int64_t fast_ppm = 0;  // at most some thousand

  [[nodiscard]] Instant local(Instant world) const {
    return world + ahead + world.since_start() / 1'000'000 * fast_ppm;
  }
  // The first instant of the world at which the local clock shows that much.
  [[nodiscard]] Instant world(Instant shows) const {
    const Duration since = shows - Instant() - ahead;
    Instant guess = Instant() + since - since / 1'000'000 * fast_ppm;
    while (local(guess) < shows) guess = guess + std::max(shows - local(guess), Duration(1));
    return guess;
  }
};

class MiniNetwork {
 public:
  static constexpr std::uint64_t keys_seed = 5;
  struct Noticed {
    Instant at;  // by the world's clock
    NodeId node;
    audit::What what;
    friend bool operator==(const Noticed&, const Noticed&) = default;
  };
  // What a liar sends in place of an honest message to one node.
  using Twist = std::function<std::vector<Message>(NodeId to, const Message&)>;

  Duration latency_low = milliseconds(1);
  Duration latency_high = milliseconds(1);
  Duration disk_low, disk_high;
  Ratio loss;
  std::function<bool(NodeId, NodeId)> cut = [](NodeId, NodeId) { return false; };
  std::function<void(NodeId to, NodeId from, const Message&)> overhear;  // on delivery
  std::map<NodeId, Clock> clocks;
  std::map<NodeId, Twist> twist;                 // of the liars
  std::map<std::string_view, std::size_t> sent;  // by message name, lost ones included
  std::vector<Noticed> notices;
  std::vector<std::pair<NodeId, lockstep::Answer<Reply>>> answers;
  Observer observer;

  MiniNetwork(std::uint32_t count, Config config, std::uint64_t seed)
      : config_(std::move(config)), random_(seed), seed_(seed), nodes_(count) {
    observer.expects_split =
        config_.mode == quorum::Mode::none || config_.mode == quorum::Mode::degraded;
  }

  void start(NodeId id) {
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
  void start_all() {
    for (const NodeId id : everybody())
      if (!alive(id)) start(id);
  }
  // What is on its way to the disk is lost.
  void crash(NodeId id) { at(id).machine.reset(); }
  RequestId request(NodeId id, Request request) {
    const RequestId number(++requests_);
    give(id, Requested<Request>{number, std::move(request)});
    return number;
  }
  void sample(NodeId id, Vitals vitals) { give(id, Sampled{vitals}); }
  void say(NodeId from, NodeId to, Message message) { post(from, to, std::move(message)); }

  void run_until(Instant end) {
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
  void run_for(Duration duration) { run_until(now_ + duration); }

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] Instant local_now(NodeId id) const { return clock(id).local(now_); }
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(nodes_.size()); }
  [[nodiscard]] bool alive(NodeId id) const { return at(id).machine.has_value(); }
  [[nodiscard]] bool honest(NodeId id) const { return !twist.contains(id); }
  [[nodiscard]] const AdvancedBully& machine(NodeId id) const { return *at(id).machine; }
  [[nodiscard]] const Disk& disk(NodeId id) const { return at(id).disk; }
  [[nodiscard]] quorum::Keyring keyring(NodeId id) const {
    return quorum::ideal_keyring(keys_seed, id, count());
  }
  [[nodiscard]] std::vector<NodeId> everybody() const {
    std::vector<NodeId> ids;
    for (NodeId id(1); id <= NodeId(count()); ++id) ids.push_back(id);
    return ids;
  }
  [[nodiscard]] std::vector<NodeId> live_honest() const {
    std::vector<NodeId> ids = everybody();
    std::erase_if(ids, [&](NodeId id) { return !alive(id) || !honest(id); });
    return ids;
  }
  // Whom every live honest node takes for the leader; nobody if they differ or it does not lead.
  [[nodiscard]] NodeId settled() const {
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
  [[nodiscard]] NodeId fittest() const {
    std::optional<bully::Fitness> best;
    for (const NodeId id : live_honest()) {
      const bully::Fitness own{bully::total(machine(id).breakdown(local_now(id))), id};
      if (!best || *best < own) best = own;
    }
    return best ? best->node : nobody;
  }
  [[nodiscard]] std::size_t count_sent(std::string_view message) const {
    const auto found = sent.find(message);
    return found == sent.end() ? 0 : found->second;
  }
  template <class What>
  [[nodiscard]] std::vector<std::pair<NodeId, What>> noticed() const {
    std::vector<std::pair<NodeId, What>> found;
    for (const Noticed& notice : notices)
      if (const auto* one = std::get_if<What>(&notice.what)) found.emplace_back(notice.node, *one);
    return found;
  }
  // Of the records on its disk, whole and unchanged.
  [[nodiscard]] bool trail_verifies(NodeId id) const {
    std::vector<audit::Event> events;
    for (const Record& record : disk(id))
      if (const auto* event = std::get_if<audit::Event>(&record)) events.push_back(*event);
    return !audit::verify(events);
  }

 private:
  struct Node {
    std::optional<AdvancedBully> machine;  // none: down
    std::uint64_t incarnation = 0;
    Instant born;
    Disk disk;
    std::vector<Record> coming;  // to the disk
    RecordSeq durable;
    Instant disk_free;
  };
  struct Item {
    NodeId to;
    bool own;  // an alarm or a write: it dies with the incarnation that asked for it
    std::uint64_t incarnation;
    Event<Alphabet> event;
  };

  Node& at(NodeId id) { return nodes_[id.value() - 1]; }
  const Node& at(NodeId id) const { return nodes_[id.value() - 1]; }
  [[nodiscard]] Clock clock(NodeId id) const {
    const auto found = clocks.find(id);
    return found == clocks.end() ? Clock{} : found->second;
  }

  void flush(Node& node, RecordSeq upto) {
    const auto until =
        node.coming.begin() + static_cast<std::ptrdiff_t>(upto.value() - node.durable.value());
    node.disk.insert(node.disk.end(), node.coming.begin(), until);
    node.coming.erase(node.coming.begin(), until);
    node.durable = upto;
  }
  void give(NodeId id, const Event<Alphabet>& event) {
    if (!alive(id)) return;
    Effects<Alphabet> effects;
    at(id).machine->step(local_now(id), event, effects);
    if (honest(id)) observer.stepped(*at(id).machine, at(id).disk, effects);
    for (const auto& effect : effects) perform(id, effect);
  }
  // Cancelled alarms fire all the same: the epoch has to make them harmless.
  void perform(NodeId id, const Effect<Alphabet>& effect) {
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
  void post(NodeId from, NodeId to, const Message& message) {
    ++sent[alternative_name(message)];
    if (cut(from, to) || random_.chance(loss)) return;
    push(now_ + random_.between(latency_low, latency_high),
         {to, false, 0, Received<Message>{from, message}});
  }
  // One write after the other.
  void write(NodeId id, const std::vector<Record>& records) {
    Node& node = at(id);
    node.coming.insert(node.coming.end(), records.begin(), records.end());
    node.disk_free = std::max(now_, node.disk_free) + random_.between(disk_low, disk_high);
    const RecordSeq upto(node.durable.value() + node.coming.size());
    push(node.disk_free, {id, true, node.incarnation, Persisted{upto}});
  }
  void push(Instant when, Item item) { queue_.emplace(std::pair(when, next_++), std::move(item)); }

  Config config_;
  Random random_;
  std::uint64_t seed_;
  Instant now_;
  std::uint64_t next_ = 0;
  std::uint64_t requests_ = 0;
  std::vector<Node> nodes_;
  std::map<std::pair<Instant, std::uint64_t>, Item> queue_;
};

}  // namespace lockstep::advanced_bully
