// The least world an AdvancedBully machine can be tested in: one queue ordered by (time, sequence
// number), latencies, loss, cuts, disks that take their time, clocks that differ, and liars.
//
// A liar has a machine like everybody, but what it sends goes through `twist`, and a test may put
// words in its mouth with say(). Only honest nodes are observed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/advanced_bully/advanced_bully.hpp"
#include "core/advanced_bully/observer_test.hpp"
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
  [[nodiscard]] Instant world(Instant shows) const;
};

class MiniNetwork {
 public:
  static constexpr std::uint64_t keys_seed = 5;
  struct Noticed {
    Instant at;  // by the world's clock
    NodeId node;
    audit::What what;
  };
  // What a liar sends in place of an honest message to one node.
  using Twist = std::function<std::vector<Message>(NodeId to, const Message&)>;

  Duration latency_low = milliseconds(1);
  Duration latency_high = milliseconds(1);
  Duration disk_low, disk_high;
  Ratio loss;
  Duration datagram_delay;  // at most; above 0 what is worthless later comes twice
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

  void start(NodeId id);
  void start_all() {
    for (const NodeId id : everybody()) alive(id) ? void() : start(id);
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

  void run_until(Instant end);
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
  [[nodiscard]] std::vector<NodeId> everybody() const;
  [[nodiscard]] std::vector<NodeId> live_honest() const;
  // Whom every live honest node takes for the leader; nobody if they differ or it does not lead.
  [[nodiscard]] NodeId settled() const;
  [[nodiscard]] NodeId fittest() const;
  [[nodiscard]] std::size_t count_sent(std::string_view message) const;
  template <class What>
  [[nodiscard]] std::vector<std::pair<NodeId, What>> noticed() const {
    std::vector<std::pair<NodeId, What>> found;
    for (const Noticed& notice : notices)
      if (const auto* one = std::get_if<What>(&notice.what)) found.emplace_back(notice.node, *one);
    return found;
  }
  // Of the records on its disk, whole and unchanged.
  [[nodiscard]] bool trail_verifies(NodeId id) const;

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
  [[nodiscard]] Clock clock(NodeId id) const;

  void flush(Node& node, RecordSeq upto);
  void give(NodeId id, const Event<Alphabet>& event);
  // Cancelled alarms fire all the same: the epoch has to make them harmless.
  void perform(NodeId id, const Effect<Alphabet>& effect);
  void post(NodeId from, NodeId to, const Message& message);
  // One write after the other.
  void write(NodeId id, const std::vector<Record>& records);
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
