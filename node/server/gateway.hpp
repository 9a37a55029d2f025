// Gateway: how this member's HTTP clients reach the cluster.
//
// Their operations run through one client machine of core/kv with a session of its own: it finds
// the leader, here or elsewhere, tries again, and takes each write at most once. A request that
// brings its own session goes to one member, once.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

#include "core/kv/client.hpp"
#include "net/driver/driver.hpp"
#include "node/config/config.hpp"

namespace lockstep::node {

class Gateway final : public net::Outside<kv::Client::Alphabet> {
 public:
  using Ask = std::function<void(NodeId at, std::uint64_t number, kv::Request&&)>;
  using Done = std::function<void(const kv::ClientReply&)>;
  using DoneOnce = std::function<void(std::optional<kv::Reply>&&)>;  // none: no reply in time

  Gateway(net::asio::io_context& io, const Config& config, std::uint64_t seed, Ask ask);

  void run(kv::Operation operation, Done done);
  void ask_once(NodeId at, kv::Request request, DoneOnce done);
  // A reply to what `ask` was given.
  void heard(NodeId from, std::uint64_t number, kv::Reply&& reply);
  [[nodiscard]] std::size_t open() const { return running_.size() + once_.size(); }

  // Outside.
  void send(NodeId to, kv::Client::Alphabet::Message&& message) override;
  void persist(std::vector<Nothing>&&) override {}
  void answer(RequestId id, kv::ClientReply&& reply) override;
  void notify(Nothing&&) override {}

 private:
  void expire();

  Ask ask_;
  Duration timeout_;
  net::Driver<kv::Client> client_;
  std::unordered_map<std::uint64_t, Done> running_;
  std::unordered_map<std::uint64_t, DoneOnce> once_;
  std::deque<std::pair<Instant, std::uint64_t>> deadlines_;  // of once_, ascending
  net::asio::steady_timer expiry_;
  bool expiring_ = false;
  std::uint64_t last_ = 0;
};

}  // namespace lockstep::node
