// The least world a Bully machine can be tested in: one queue ordered by (time, sequence number),
// latencies, loss, crashes and cuts. Everything the fabrics and the world do beyond that is tested
// there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/random.hpp"
#include "core/bully/bully.hpp"

namespace lockstep::bully {

class MiniNetwork {
 public:
  using ConfigOf = std::function<Config(NodeId)>;

  Duration latency_low = milliseconds(1);
  Duration latency_high = milliseconds(1);
  Ratio loss;
  std::function<bool(NodeId, NodeId)> cut = [](NodeId, NodeId) { return false; };
  std::map<std::string_view, std::size_t> sent;  // by message name, lost ones included
  std::vector<std::pair<NodeId, Notice>> notices;

  MiniNetwork(std::uint32_t count, ConfigOf config_of, std::uint64_t seed)
      : config_of_(std::move(config_of)), random_(seed), processes_(count) {}

  void start(NodeId id) {
    Process& process = at(id);
    ++process.incarnation;
    process.machine.emplace(id, static_cast<std::uint32_t>(processes_.size()), config_of_(id), 0);
    give(id, Started<Nothing>{});
  }
  void start_all() {
    for (NodeId id(1); id <= highest(); ++id)
      if (!alive(id)) start(id);
  }
  void crash(NodeId id) { at(id).machine.reset(); }
  void request(NodeId id) { give(id, Requested<Request>{.id = RequestId(1), .request = {}}); }

  void run_until(Instant end) {
    while (!queue_.empty() && queue_.begin()->first.first <= end) {
      const Item item = std::move(queue_.begin()->second);
      now_ = queue_.begin()->first.first;
      queue_.erase(queue_.begin());
      if (item.incarnation == at(item.to).incarnation || !item.own) give(item.to, item.event);
    }
    now_ = end;
  }
  void run_for(Duration duration) { run_until(now_ + duration); }

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] NodeId highest() const {
    return NodeId(static_cast<std::uint32_t>(processes_.size()));
  }
  [[nodiscard]] bool alive(NodeId id) const { return at(id).machine.has_value(); }
  [[nodiscard]] const Bully& machine(NodeId id) const { return *at(id).machine; }
  [[nodiscard]] NodeId highest_live() const {
    NodeId id = highest();
    while (id != nobody && !alive(id)) id = id.previous();
    return id;
  }
  [[nodiscard]] std::size_t coordinators() const {
    std::size_t count = 0;
    for (NodeId id(1); id <= highest(); ++id)
      count += alive(id) && machine(id).role() == RoleName::coordinator;
    return count;
  }
  // One coordinator, the highest live id, known to everybody alive.
  [[nodiscard]] bool settled() const {
    for (NodeId id(1); id <= highest(); ++id)
      if (alive(id) && machine(id).coordinator() != highest_live()) return false;
    return coordinators() == (highest_live() == nobody ? 0u : 1u);
  }

 private:
  struct Process {
    std::optional<Bully> machine;  // none: down
    std::uint64_t incarnation = 0;
  };
  struct Item {
    NodeId to;
    bool own;  // an alarm: it dies with the incarnation that set it
    std::uint64_t incarnation;
    Event<Alphabet> event;
  };

  Process& at(NodeId id) { return processes_[id.value() - 1]; }
  const Process& at(NodeId id) const { return processes_[id.value() - 1]; }

  void give(NodeId id, const Event<Alphabet>& event) {
    if (!alive(id)) return;
    Effects<Alphabet> effects;
    at(id).machine->step(now_, event, effects);
    for (const auto& effect : effects) perform(id, effect);
  }
  // Cancelled alarms fire all the same: the epoch has to make them harmless.
  void perform(NodeId id, const Effect<Alphabet>& effect) {
    if (const auto* send = std::get_if<Send<Message>>(&effect)) {
      ++sent[alternative_name(send->message)];
      if (cut(id, send->to) || random_.chance(loss)) return;
      const Duration takes = random_.between(latency_low, latency_high);
      push(now_ + takes, {send->to, false, 0, Received<Message>{id, send->message}});
    } else if (const auto* set = std::get_if<SetTimer<Timer>>(&effect)) {
      push(set->at, {id, true, at(id).incarnation, TimerFired<Timer>{set->timer, set->epoch}});
    } else if (const auto* notify = std::get_if<Notify<Notice>>(&effect)) {
      notices.emplace_back(id, notify->notice);
    }
  }
  void push(Instant when, Item item) { queue_.emplace(std::pair(when, next_++), std::move(item)); }

  ConfigOf config_of_;
  Random random_;
  Instant now_;
  std::uint64_t next_ = 0;
  std::vector<Process> processes_;
  std::map<std::pair<Instant, std::uint64_t>, Item> queue_;
};

}  // namespace lockstep::bully
