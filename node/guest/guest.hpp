// GuestHost: one machine beside the store, with a disk log of its own, on the node's transport.
//
// Turns what arrives into events and performs the effects; the machine decides. What is written
// goes down at the end of a burst, with one sync. While the disk has no room, what would fill it is
// as if it were lost. Used by one thread at a time: that of `io`.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/check.hpp"
#include "core/wire/codec.hpp"
#include "net/driver/driver.hpp"
#include "net/driver/shift.hpp"
#include "net/storage/log_store.hpp"
#include "net/transport/transport.hpp"
#include "node/guest/records.hpp"

namespace lockstep::node {

template <class M>
class GuestHost : public net::Outside<typename M::Alphabet> {
 public:
  using A = typename M::Alphabet;
  using Message = typename A::Message;
  using Record = typename A::Record;
  using Request = typename A::Request;
  using Reply = typename A::Reply;
  using Carry = std::function<void(NodeId to, net::Channel channel, std::string_view message)>;
  // Nothing: no reply in time.
  using OnReply = std::function<void(std::optional<Reply>&&)>;

  // The machine's instants are `ahead` of this process's time.
  GuestHost(net::asio::io_context& io, M machine, net::LogStore& store, Duration ahead, Carry carry)
      : io_(io),
        store_(store),
        carry_(std::move(carry)),
        driver_(io, std::move(machine), *this, ahead) {}

  [[nodiscard]] const M& machine() const { return driver_.machine(); }
  [[nodiscard]] Instant now() const { return driver_.now(); }
  // On the disk. Without it nothing is asked.
  [[nodiscard]] bool has_room() const { return store_.has_room(); }
  // Otherwise, without room, the next segment is still being made.
  [[nodiscard]] bool is_full() const { return store_.is_full(); }

  // False: that is no message of this machine.
  bool deliver(NodeId from, std::string_view bytes) {
    auto message = wire::decode<Message>(bytes);
    if (message && (has_room() || !fills_disk(*message)))
      driver_.receive(from, std::move(*message));
    return message.has_value();
  }

  // REQUIRES: has_room().
  void ask(Request request, Duration patience, OnReply on_reply) {
    check(has_room(), "nothing is asked without room");
    const RequestId id(++asked_);
    Open& open = open_[id];
    open.on_reply = std::move(on_reply);
    open.deadline = std::make_unique<net::asio::steady_timer>(io_);
    open.deadline->expires_after(std::chrono::nanoseconds(patience.ns()));
    open.deadline->async_wait([this, id](const net::ErrorCode& error) {
      if (!error) end(id, std::nullopt);
    });
    driver_.request(id, std::move(request));
  }

  // Writes what must be durable, away from work; true when more came up. `delay` is a fault: the
  // write takes so much longer.
  bool end_of_burst(net::Shift& shift, Duration delay) {
    if (shift.is_away() || !store_.has_waiting()) return false;
    const auto batch = store_.take();
    const Instant begun = net::now();
    shift.away([&] {
      if (delay != Duration()) std::this_thread::sleep_for(std::chrono::nanoseconds(delay.ns()));
      store_.write(batch);
    });
    sync_time_ = net::now() - begun;
    for (; !unwritten_.empty() && unwritten_.front().first <= batch.last; unwritten_.pop_front())
      written(unwritten_.front().second);
    driver_.persisted(RecordSeq(batch.last));
    return store_.has_waiting();
  }

  // Outside.
  void send(NodeId to, Message&& message) override {
    buffer_.clear();
    wire::encode(message, buffer_);
    carry_(to, is_worthless_later(message) ? net::Channel::datagram : net::Channel::reliable,
           buffer_);
  }
  void persist(std::vector<Record>&& records) override {
    for (Record& record : records) {
      buffer_.clear();
      wire::encode(record, buffer_);
      unwritten_.emplace_back(store_.append(buffer_), std::move(record));
    }
  }
  void answer(RequestId id, Reply&& reply) override { end(id, std::move(reply)); }
  void notify(typename A::Notice&&) override {}

 protected:
  void begin(std::vector<Record> records) { driver_.start(std::move(records)); }
  void sampled(const Vitals& vitals) { driver_.sampled(vitals); }
  // For a driver that reads or writes some messages itself.
  void receive(NodeId from, Message message) { driver_.receive(from, std::move(message)); }
  void carry(NodeId to, net::Channel channel, std::string_view message) {
    carry_(to, channel, message);
  }
  virtual void written(const Record&) {}  // it is durable
  // What is as if it were lost while the disk has no room. Of others, the reserve takes the traces.
  [[nodiscard]] virtual bool fills_disk(const Message&) const { return true; }
  [[nodiscard]] Duration latest_sync() const { return sync_time_; }

  net::asio::io_context& io_;
  net::LogStore& store_;

 private:
  struct Open {
    OnReply on_reply;
    std::unique_ptr<net::asio::steady_timer> deadline;
  };
  void end(RequestId id, std::optional<Reply>&& reply) {
    auto node = open_.extract(id);
    if (!node.empty()) node.mapped().on_reply(std::move(reply));
  }

  Carry carry_;
  net::Driver<M> driver_;
  std::map<RequestId, Open> open_;
  std::uint64_t asked_ = 0;
  std::deque<std::pair<std::uint64_t, Record>> unwritten_;  // with its number in the store
  Duration sync_time_;
  std::string buffer_;
};

}  // namespace lockstep::node
