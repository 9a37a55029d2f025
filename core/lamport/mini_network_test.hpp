// The least world a Lamport log can be tested in: one queue ordered by (time, sequence number),
// latencies, loss, doubles, disks that take their time, crashes and cuts. Everything the fabrics
// and the world do beyond that is tested there.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.hpp"
#include "core/lamport/lamport.hpp"

namespace lockstep::lamport {

class MiniNetwork {
 public:
  Duration latency_low = milliseconds(1);
  Duration latency_high = milliseconds(3);
  Duration disk = milliseconds(1);
  Ratio loss, doubles;
  std::function<bool(NodeId, NodeId)> cut = [](NodeId, NodeId) { return false; };
  std::map<Origin, Stamp> posted;  // what clients were told is safe
  std::vector<std::pair<NodeId, Notice>> notices;

  MiniNetwork(std::uint32_t count, Config config, std::uint64_t seed)
      : config_(config), random_(seed), nodes_(count) {}

  void start(NodeId id) {
    Node& node = at(id);
    if (node.machine) return;
    ++node.incarnation;
    node.issued = RecordSeq{};
    node.unsynced.clear();
    node.machine.emplace(id, static_cast<std::uint32_t>(nodes_.size()), config_, 0);
    give(id, lockstep::Started<Record>{node.durable});
  }
  void start_all() {
    for (NodeId id(1); id <= highest(); ++id) start(id);
  }
  void crash(NodeId id) { at(id).machine.reset(); }

  Origin post(NodeId id, std::uint64_t sequence, LamportTime time = {}) {
    const Origin origin{ClientId(1), Sequence(sequence)};
    const std::string text = "m" + std::to_string(sequence);
    give(id, Requested<Request>{RequestId(sequence), Post{time, origin, text}});
    return origin;
  }

  void run_until(Instant end) {
    while (!queue_.empty() && queue_.begin()->first.first <= end) {
      const Item item = std::move(queue_.begin()->second);
      now_ = queue_.begin()->first.first;
      queue_.erase(queue_.begin());
      if (item.own && item.incarnation != at(item.to).incarnation) continue;
      if (const auto* done = std::get_if<Persisted>(&item.event)) sync(item.to, done->upto);
      give(item.to, item.event);
    }
    now_ = end;
  }
  void run_for(Duration duration) { run_until(now_ + duration); }

  [[nodiscard]] NodeId highest() const { return NodeId(static_cast<std::uint32_t>(nodes_.size())); }
  [[nodiscard]] bool alive(NodeId id) const { return at(id).machine.has_value(); }
  [[nodiscard]] const Lamport& machine(NodeId id) const { return *at(id).machine; }
  [[nodiscard]] std::vector<Entry> shown(NodeId id) const {
    std::vector<Entry> entries;
    for (const auto& [stamp, number] : machine(id).log().order())
      entries.push_back(machine(id).log().at(stamp.node, number));
    return entries;
  }
  // Whether everybody alive shows the same, each message once, and all that was posted.
  [[nodiscard]] bool agree() const;
  [[nodiscard]] std::size_t count(std::string_view notice) const {
    std::size_t sum = 0;
    for (const auto& [node, what] : notices) sum += alternative_name(what) == notice;
    return sum;
  }

 private:
  struct Node {
    std::optional<Lamport> machine;  // none: down
    std::uint64_t incarnation = 0;
    std::vector<Record> durable;
    std::vector<std::pair<RecordSeq, Record>> unsynced;
    RecordSeq issued;
  };
  struct Item {
    NodeId to;
    bool own;  // an alarm or a sync: it dies with the incarnation that set it
    std::uint64_t incarnation;
    Event<Alphabet> event;
  };

  Node& at(NodeId id) { return nodes_[id.value() - 1]; }
  [[nodiscard]] const Node& at(NodeId id) const { return nodes_[id.value() - 1]; }

  void sync(NodeId id, RecordSeq upto) {
    auto& unsynced = at(id).unsynced;
    while (!unsynced.empty() && unsynced.front().first <= upto) {
      at(id).durable.push_back(unsynced.front().second);
      unsynced.erase(unsynced.begin());
    }
  }
  void give(NodeId id, const Event<Alphabet>& event) {
    if (!alive(id)) return;
    Lamport::Out effects;
    at(id).machine->step(now_, event, effects);
    for (const auto& effect : effects) perform(id, effect);
  }
  void own(NodeId id, Instant when, Event<Alphabet> event) {
    push(when, {id, true, at(id).incarnation, std::move(event)});
  }
  void perform(NodeId id, const Effect<Alphabet>& effect);
  void push(Instant when, Item item) { queue_.emplace(std::pair(when, next_++), std::move(item)); }

  Config config_;
  Random random_;
  Instant now_;
  std::uint64_t next_ = 0;
  std::vector<Node> nodes_;
  std::map<std::pair<Instant, std::uint64_t>, Item> queue_;
};

}  // namespace lockstep::lamport
