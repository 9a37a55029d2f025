// Host: one replica of the store, on its transport and its disk.
//
// Turns what arrives into events and performs the effects; the machine decides. What the disk must
// hold before an answer may leave is written at the end of a burst, all of it with one sync.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/kv/replica.hpp"
#include "net/driver/driver.hpp"
#include "net/driver/shift.hpp"
#include "net/driver/vigil.hpp"
#include "net/storage/log_store.hpp"
#include "net/transport/transport.hpp"
#include "node/config/config.hpp"
#include "node/server/envelope.hpp"
#include "node/server/events.hpp"
#include "node/server/timings.hpp"

namespace lockstep::node {

class Host final : public net::Outside<kv::Replica::Alphabet> {
 public:
  // The reply to what this member asked, of itself or of another one.
  using OnReply = std::function<void(NodeId from, std::uint64_t number, kv::Reply&&)>;

  // Throws net::LogDamaged, and what Transport throws.
  Host(net::asio::io_context& io, const Config& config, net::LogStore& store, Events& events,
       net::Log& log, OnReply on_reply);

  void start();
  // Sends what waits and writes what must be durable, away from work; true when more came up.
  bool end_of_burst(net::Shift& shift);
  // The reply comes with this number, below 2^48, or never.
  void ask(NodeId at, std::uint64_t number, kv::Request&& request);

  // A machine beside the store: what comes for it goes to `deliver`, which answers false to what
  // is no message. What comes for a guest that is not there is dropped.
  using Deliver = std::function<bool(NodeId from, std::string_view message)>;
  void take_in(Guest guest, Deliver deliver) { guests_[guest] = std::move(deliver); }
  void carry(Guest guest, NodeId to, net::Channel channel, std::string_view message);

  [[nodiscard]] const kv::Replica& replica() const { return driver_.machine(); }
  [[nodiscard]] const raft::Raft& raft() const { return replica().raft(); }
  [[nodiscard]] bool leads() const { return raft().role() == raft::RoleName::leader; }
  // Hands the leadership over, if this member leads and another one can.
  void lay_down();
  // A fault: every write takes this much longer.
  void delay_disk(Duration by) { disk_delay_ = by; }
  [[nodiscard]] Duration disk_delay() const { return disk_delay_; }
  [[nodiscard]] const net::Vigil& vigil() const { return vigil_; }
  [[nodiscard]] net::Transport& transport() { return transport_; }
  [[nodiscard]] const Timings& timings() const { return timings_; }
  [[nodiscard]] Timings& timings() { return timings_; }
  [[nodiscard]] const Histogram& round_trip(NodeId peer) const {
    return links_.at(peer).round_trip;
  }
  [[nodiscard]] Instant heard_from(NodeId peer) const { return links_.at(peer).heard; }

  // Outside.
  void send(NodeId to, raft::Message&& message) override;
  void persist(std::vector<raft::Record>&& records) override;
  void answer(RequestId id, kv::Reply&& reply) override;
  void notify(raft::Notice&& notice) override;

 private:
  // What is known of the way to a peer: one append is timed at a time.
  struct Link {
    Histogram round_trip;
    Instant heard;  // its latest message; 0: none yet
    std::optional<Instant> asked;
    raft::LogIndex expected;  // an acceptance up to here answers it
  };

  bool deliver(NodeId from, std::string_view bytes);
  bool pass_on(NodeId from, const ParcelView& parcel);
  void hear(NodeId from, raft::Message&& message);
  void time_append(NodeId to, const raft::Message& message);
  void time_answer(NodeId from, const raft::Message& message);
  void request(RequestId id, kv::Request&& request);
  void watch_election(const raft::Notice& notice);

  Config config_;
  net::LogStore& store_;
  Events& events_;
  net::Log& log_;
  OnReply on_reply_;
  std::vector<raft::Record> recovered_;
  net::Driver<kv::Replica> driver_;
  std::map<NodeId, Link> links_;
  std::map<Guest, Deliver> guests_;
  net::Transport transport_;
  net::Vigil vigil_;
  Timings timings_;
  std::string buffer_;
  Instant waiting_since_;  // of the first record that waits
  std::uint64_t waiting_ = 0;
  Duration disk_delay_;
  std::deque<std::pair<raft::LogIndex, Instant>> proposed_;  // not committed yet; while it leads
  std::optional<Instant> standing_since_;
};

}  // namespace lockstep::node
