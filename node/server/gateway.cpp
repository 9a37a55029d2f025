#include "node/server/gateway.hpp"

#include <chrono>
#include <vector>

#include "core/base/check.hpp"

namespace lockstep::node {
namespace {

// Replies to the client machine carry what they answer; only those to ask_once need a number.
constexpr std::uint64_t from_machine = 0;
constexpr auto expiry_step = std::chrono::milliseconds(50);

kv::ClientConfig client_config(const Config& config) {
  kv::ClientConfig client;
  client.timeout = config.request_timeout;
  client.attempt_timeout = std::min(config.request_timeout, milliseconds(500));
  client.backoff_low = milliseconds(5);
  client.backoff_high = milliseconds(100);
  client.pipeline = kv::widest_window;
  return client;
}

// Itself first: the leader's own clients then need no detour.
std::vector<NodeId> servers_of(const Config& config) {
  std::vector<NodeId> servers{config.id};
  for (const Member& member : config.members) {
    if (member.id != config.id) servers.push_back(member.id);
  }
  return servers;
}

}  // namespace

Gateway::Gateway(net::asio::io_context& io, const Config& config, std::uint64_t seed, Ask ask)
    : ask_(std::move(ask)),
      timeout_(config.request_timeout),
      client_(io,
              kv::Client(NodeId(client_base + config.id.value()), servers_of(config),
                         client_config(config), seed),
              *this),
      expiry_(io) {
  client_.start({});
}

void Gateway::run(kv::Operation operation, Done done) {
  const std::uint64_t number = ++last_;
  running_.emplace(number, std::move(done));
  client_.request(RequestId(number), std::move(operation));
}

void Gateway::send(NodeId to, kv::Client::Alphabet::Message&& message) {
  auto* request = std::get_if<kv::Request>(&message);
  check(request != nullptr, "a client sends requests");
  ask_(to, from_machine, std::move(*request));
}

void Gateway::answer(RequestId id, kv::ClientReply&& reply) {
  const auto running = running_.find(id.value());
  check(running != running_.end(), "an operation is answered once");
  const Done done = std::move(running->second);
  running_.erase(running);
  done(reply);
}

void Gateway::ask_once(NodeId at, kv::Request request, DoneOnce done) {
  const std::uint64_t number = ++last_;
  once_.emplace(number, std::move(done));
  deadlines_.emplace_back(net::now() + timeout_, number);
  if (!expiring_) expire();
  ask_(at, number, std::move(request));
}

void Gateway::heard(NodeId from, std::uint64_t number, kv::Reply&& reply) {
  if (number == from_machine) {
    client_.receive(from, std::move(reply));
    return;
  }
  const auto once = once_.find(number);
  if (once == once_.end()) return;  // too late
  const DoneOnce done = std::move(once->second);
  once_.erase(once);
  done(std::move(reply));
}

void Gateway::expire() {
  for (const Instant now = net::now(); !deadlines_.empty() && deadlines_.front().first <= now;) {
    const auto once = once_.find(deadlines_.front().second);
    deadlines_.pop_front();
    if (once == once_.end()) continue;
    const DoneOnce done = std::move(once->second);
    once_.erase(once);
    done(std::nullopt);
  }
  expiring_ = !deadlines_.empty();
  if (!expiring_) return;
  expiry_.expires_after(expiry_step);
  expiry_.async_wait([this](const net::ErrorCode& error) {
    if (!error) expire();
  });
}

}  // namespace lockstep::node
