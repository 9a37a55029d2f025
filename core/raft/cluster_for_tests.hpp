// A whole cluster in a queue, for tests: lossy, reordering, with disks that take time and crashes
// that lose what was not down. Checks figure 3 of the Raft paper after every step, outside the
// machine, and that no read is served from before its own beginning.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/digest.hpp"
#include "core/base/overloaded.hpp"
#include "core/raft/raft.hpp"

namespace lockstep::raft {

struct Weather {
  Duration delay_low = milliseconds(1);
  Duration delay_high = milliseconds(5);
  Ratio loss;
  Ratio duplicate;
  Duration disk_high;  // a write takes up to this long
};

class TestCluster {
 public:
  using A = Alphabet;
  TestCluster(std::size_t size, Config config, Weather weather, std::uint64_t seed)
      : weather_(weather), config_(config), random_(mix_seed(seed, 1)), seed_(seed), hosts_(size) {
    for (std::size_t i = 0; i < size; ++i) members_.push_back(NodeId(std::uint32_t(i + 1)));
  }

  void start_all() {
    for (const NodeId id : members_) start(id);
  }
  void start(NodeId id) {
    Host& host = of(id);
    check(!host.raft, "a server that is down starts");
    ++host.incarnation;
    host.raft.emplace(id, members_, config_, mix_seed(seed_, id.value(), host.incarnation));
    step(id, Started<Record>{host.disk});
  }
  void crash(NodeId id) {
    Host& host = of(id);
    host.raft.reset();
    host.on_the_way.clear();
    host.hashes.clear();
    host.commit = {};
    host.epochs.clear();
    host.reads.clear();
  }
  void set_disk(NodeId id, std::vector<Record> records) { of(id).disk = std::move(records); }
  void cut(NodeId a, NodeId b) { cuts_.insert({a, b}), cuts_.insert({b, a}); }
  void heal() { cuts_.clear(); }
  void calm() { weather_.loss = weather_.duplicate = {}; }

  void request(NodeId id, Request request) {
    const RequestId number(++requests_);
    if (std::holds_alternative<Read>(request)) of(id).reads[number] = committed_.size();
    step(id, Requested<Request>{number, std::move(request)});
  }
  void run_until(Instant end) {
    while (!queue_.empty() && queue_.top().at <= end) {
      Due due = queue_.top();
      queue_.pop();
      now_ = due.at;
      Host& host = of(due.to);
      if (!host.raft || (due.incarnation != 0 && due.incarnation != host.incarnation)) continue;
      if (const auto* timer = std::get_if<TimerFired<Timer>>(&due.event);
          timer && host.epochs[timer->timer] != timer->epoch)
        continue;
      if (const auto* write = std::get_if<Persisted>(&due.event)) reach_disk(host, write->upto);
      step(due.to, due.event);
    }
    now_ = end;
  }

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] const std::vector<NodeId>& members() const { return members_; }
  [[nodiscard]] Raft* raft(NodeId id) { return of(id).raft ? &*of(id).raft : nullptr; }
  // The leader of the highest term, if any.
  [[nodiscard]] Raft* leader() {
    Raft* best = nullptr;
    for (const NodeId id : members_) {
      Raft* one = raft(id);
      if (one && one->role() == RoleName::leader && (!best || best->term() < one->term()))
        best = one;
    }
    return best;
  }
  [[nodiscard]] std::uint64_t committed() const { return committed_.size(); }
  [[nodiscard]] std::uint64_t reads_served() const { return reads_served_; }
  [[nodiscard]] std::uint64_t messages() const { return messages_; }
  Random& random() { return random_; }

 private:
  struct Due {
    Instant at;
    std::uint64_t number = 0;
    NodeId to;
    std::uint32_t incarnation = 0;  // 0: any
    Event<A> event;
    bool operator<(const Due& other) const {
      return std::pair(at, number) > std::pair(other.at, other.number);
    }
  };
  struct Host {
    std::optional<Raft> raft;
    std::uint32_t incarnation = 0;
    std::vector<Record> disk;
    std::vector<std::pair<RecordSeq, Record>> on_the_way;
    RecordSeq written;
    Instant disk_free;
    std::map<Timer, TimerEpoch> epochs;
    std::map<RequestId, std::uint64_t> reads;  // to the entries committed when it began
    std::vector<std::uint64_t> hashes;         // of every prefix of the log
    LogIndex commit;
    Term term;
  };

  Host& of(NodeId id) { return hosts_.at(id.value() - 1); }
  void push(Instant at, NodeId to, std::uint32_t incarnation, Event<A> event) {
    queue_.push(Due{at, ++number_, to, incarnation, std::move(event)});
  }

  static void reach_disk(Host& host, RecordSeq upto) {
    auto done = host.on_the_way.begin();
    for (; done != host.on_the_way.end() && done->first <= upto; ++done)
      host.disk.push_back(std::move(done->second));
    host.on_the_way.erase(host.on_the_way.begin(), done);
  }

  void step(NodeId id, const Event<A>& event) {
    Effects<A> out;
    Host& host = of(id);
    if (std::holds_alternative<Started<Record>>(event)) {
      host.written = {};
      refold(host, LogIndex(1), {});
    }
    host.raft->step(now_, event, out);
    if (std::holds_alternative<Started<Record>>(event)) {
      const auto all = host.raft->log().slice(LogIndex(1), host.raft->log().last_index().value());
      refold(host, LogIndex(1), {all.begin(), all.end()});
    }
    REQUIRE_MESSAGE(host.raft->term() >= host.term, "the term never goes back");
    std::size_t persists = 0;
    for (Effect<A>& effect : out) {
      if (const auto* persist = std::get_if<Persist<Record>>(&effect)) {
        REQUIRE_MESSAGE(++persists == 1, "a step persists once");
        REQUIRE(persist->records.size() == 1);
        const Record& record = persist->records[0];
        if (record.first != LogIndex{}) refold(host, record.first, record.entries);
      }
    }
    for (Effect<A>& effect : out) std::visit([&](auto& e) { perform(id, host, e); }, effect);
  }

  // Log matching: a term at an index names one prefix in the whole cluster, for ever.
  void refold(Host& host, LogIndex first, const std::vector<Entry>& entries) {
    host.hashes.resize(first.value() - 1);
    for (const Entry& entry : entries) {
      Digest digest;
      digest.word(host.hashes.empty() ? 0 : host.hashes.back());
      fold(digest, entry);
      host.hashes.push_back(digest.value());
      const auto key = std::pair(host.hashes.size(), entry.term);
      const auto [it, fresh] = prefixes_.insert({key, digest.value()});
      REQUIRE_MESSAGE(it->second == digest.value(), "log matching");
    }
  }

  void perform(NodeId id, Host&, Send<Message>& send) {
    ++messages_;
    if (cuts_.contains({id, send.to}) || random_.chance(weather_.loss)) return;
    const std::size_t copies = random_.chance(weather_.duplicate) ? 2 : 1;
    for (std::size_t i = 0; i < copies; ++i) {
      const Duration delay = random_.between(weather_.delay_low, weather_.delay_high);
      push(now_ + delay, send.to, 0, Received<Message>{id, send.message});
    }
  }
  void perform(NodeId id, Host& host, SetTimer<Timer>& set) {
    host.epochs[set.timer] = set.epoch;
    push(std::max(now_, set.at), id, host.incarnation, TimerFired<Timer>{set.timer, set.epoch});
  }
  void perform(NodeId, Host& host, CancelTimer<Timer>& cancel) { host.epochs.erase(cancel.timer); }
  void perform(NodeId id, Host& host, Persist<Record>& persist) {
    for (Record& record : persist.records)
      host.on_the_way.emplace_back(++host.written, std::move(record));
    const Duration takes = random_.between(Duration(0), weather_.disk_high);
    host.disk_free = std::max(host.disk_free, now_) + takes;
    push(host.disk_free, id, host.incarnation, Persisted{host.written});
  }
  void perform(NodeId, Host& host, Answer<Reply>& answer) {
    const auto read = host.reads.find(answer.id);
    if (read == host.reads.end()) return;
    if (const auto* ready = std::get_if<ReadReady>(&answer.reply)) {
      REQUIRE_MESSAGE(ready->index.value() >= read->second, "a read sees what was committed");
      ++reads_served_;
    }
    host.reads.erase(read);
  }
  void perform(NodeId id, Host& host, Notify<Notice>& notify) {
    std::visit(
        Overloaded{[&](const BecameLeader& n) { check_leader(id, host, n.term); },
                   [&](const Committed& n) { check_commit(host, n.index); }, [](const auto&) {}},
        notify.notice);
  }

  void check_leader(NodeId id, Host& host, Term term) {
    const auto [it, fresh] = leaders_.insert({term, {id, host.incarnation}});
    REQUIRE_MESSAGE(fresh, "election safety");
    REQUIRE_MESSAGE(host.hashes.size() >= committed_.size(), "leader completeness");
    if (!committed_.empty())
      REQUIRE_MESSAGE(host.hashes[committed_.size() - 1] == committed_.back(),
                      "leader completeness");
  }
  void check_commit(Host& host, LogIndex index) {
    REQUIRE_MESSAGE(host.commit < index, "the commit index grows");
    REQUIRE_MESSAGE(index.value() <= host.hashes.size(), "a server commits what it holds");
    for (std::uint64_t i = host.commit.value() + 1; i <= index.value(); ++i) {
      if (i > committed_.size()) committed_.push_back(host.hashes[i - 1]);
      REQUIRE_MESSAGE(committed_[i - 1] == host.hashes[i - 1], "state machine safety");
    }
    host.commit = index;
  }

  Weather weather_;
  Config config_;
  Random random_;
  std::uint64_t seed_;
  Instant now_;
  std::vector<NodeId> members_;
  std::vector<Host> hosts_;
  std::priority_queue<Due> queue_;
  std::set<std::pair<NodeId, NodeId>> cuts_;
  std::uint64_t number_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t reads_served_ = 0;
  std::map<std::pair<std::uint64_t, Term>, std::uint64_t> prefixes_;
  std::map<Term, std::pair<NodeId, std::uint32_t>> leaders_;
  std::vector<std::uint64_t> committed_;  // prefix hash at every committed index
};

}  // namespace lockstep::raft
