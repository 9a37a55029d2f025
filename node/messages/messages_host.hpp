// MessagesHost: the Lamport log of this member, on its disk and its peers.
//
// The machine's time is this process's: nothing of it is told to others.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "core/lamport/lamport.hpp"
#include "net/log/log.hpp"
#include "node/config/config.hpp"
#include "node/guest/guest.hpp"
#include "node/messages/rate.hpp"

namespace lockstep::node {

class MessagesHost final : public GuestHost<lamport::Lamport> {
 public:
  using Watcher = std::function<void(lamport::Stamp)>;
  struct Counts {                // since the start
    std::uint64_t sent = 0;      // messages to other members, forwarded ones among them
    std::uint64_t received = 0;  // messages of other members, durable here
    std::uint64_t shown = 0;
    std::uint64_t gaps = 0;       // asked for
    std::uint64_t elections = 0;  // this member stood in
  };

  // REQUIRES: config.messages.on. Throws net::LogDamaged, net::LogForeign.
  MessagesHost(net::asio::io_context& io, const Config& config, net::LogStore& store, net::Log& log,
               Carry carry);

  void start();

  // Of each message that is shown.
  void watch(Watcher watcher) { watcher_ = std::move(watcher); }
  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] double shown_per_second() { return shown_rate_.per_second(now()); }
  // It arrived after one with a later stamp.
  [[nodiscard]] bool is_violation(lamport::Stamp stamp) const { return late_.contains(stamp); }
  [[nodiscard]] std::uint64_t bytes_on_disk() const { return store_.bytes_on_disk(); }

  // Outside.
  void send(NodeId to, lamport::Message&& message) override;
  void notify(lamport::Notice&& notice) override;

 private:
  void written(const lamport::Record& record) override;
  // A leader that is heard is not to be taken for dead because a disk is full.
  [[nodiscard]] bool fills_disk(const lamport::Message& message) const override {
    return std::holds_alternative<lamport::Copies>(message) ||
           std::holds_alternative<lamport::Forward>(message);
  }
  void hear(const bully::Notice& notice);

  net::Log& log_;
  std::vector<lamport::Record> recovered_;
  std::set<lamport::Stamp> late_;
  Counts counts_;
  Rate shown_rate_;
  bool started_ = false;
  Watcher watcher_;
};

}  // namespace lockstep::node
