#include "node/client/remote_client.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/base/check.hpp"
#include "core/wire/codec.hpp"
#include "net/driver/driver.hpp"
#include "net/http/client.hpp"
#include "node/client/reason.hpp"

namespace lockstep::node {
namespace {

// Too large for one is taken for too large for all: servers of a cluster are configured alike.
bool is_too_large(unsigned status) { return status == 413 || status == 414 || status == 431; }

// A definite no, whoever is leader and however often it is tried. 408, 425 and 429 may pass.
bool is_refusal(unsigned status) {
  const bool passes = status == 408 || status == 425 || status == 429;
  return (status >= 300 && status < 500 && !passes) || status == 501 || status == 505;
}

kv::Serial serial_of(const kv::Request& request) {
  const auto* asked = std::get_if<kv::ClientRequest>(&request);
  return asked == nullptr ? kv::Serial{} : asked->serial;
}

std::vector<NodeId> ids_of(const std::vector<Server>& servers) {
  std::vector<NodeId> ids;
  for (const Server& server : servers) ids.push_back(server.id);
  return ids;
}

}  // namespace

class RemoteClient::Impl final : public net::Outside<kv::Client::Alphabet>,
                                 public std::enable_shared_from_this<Impl> {
 public:
  using Message = kv::Client::Alphabet::Message;

  Impl(net::asio::io_context& io, const std::vector<Server>& servers, kv::ClientConfig config,
       std::uint32_t number, std::uint64_t seed, Road* road)
      : timeout_(config.timeout),
        road_(road),
        driver_(io, kv::Client(NodeId(client_base + number), ids_of(servers), config, seed),
                *this) {
    for (const Server& server : servers)
      http_[server.id] = std::make_unique<net::HttpClient>(io, server.host, server.port);
  }

  void start() { driver_.start({}); }

  void start(kv::Operation operation, Done done) {
    const RequestId id(++last_);
    waiting_[id] = std::move(done);
    driver_.request(id, std::move(operation));
  }

  [[nodiscard]] std::size_t open() const { return waiting_.size(); }
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

  void send(NodeId to, Message&& message) override {
    const auto& request = std::get<kv::Request>(message);
    std::string body;
    wire::encode(request, body);
    const kv::Serial serial = serial_of(request);
    if (const auto* asked = std::get_if<kv::ClientRequest>(&request))
      refused_by_.erase(refused_by_.upper_bound(kv::Serial{}),
                        refused_by_.lower_bound(asked->acknowledged_below));
    if (road_ == nullptr) return post(to, serial, std::move(body));
    road_->to_server(to, request, [weak = weak_from_this(), to, serial, body = std::move(body)] {
      if (const auto self = weak.lock()) self->post(to, serial, body);
    });
  }

  void persist(std::vector<Nothing>&&) override {
    check(false, "a client has nothing to make durable");
  }

  void answer(RequestId id, kv::ClientReply&& reply) override {
    const auto found = waiting_.find(id);
    check(found != waiting_.end(), "a client answers each operation once");
    const Done done = std::move(found->second);
    waiting_.erase(found);
    done(reply);
  }

  void notify(Nothing&&) override {}

 private:
  // Nobody waits for an answer longer than the operation that asked.
  void post(NodeId to, kv::Serial serial, std::string body) {
    net::HttpCall call{.method = "POST",
                       .target = "/v1/rpc",
                       .headers = {{"Content-Type", "application/octet-stream"}},
                       .body = std::move(body)};
    http_.at(to)->call(std::move(call), timeout_,
                       [weak = weak_from_this(), to, serial](const net::HttpResult& result) {
                         if (const auto self = weak.lock()) self->hear(to, serial, result);
                       });
  }

  void hear(NodeId from, kv::Serial serial, const net::HttpResult& result) {
    if (is_refusal(result.status)) return refused(from, serial, result);
    if (result.status != 200) return;
    refused_by_.erase(serial);
    auto reply = wire::decode<kv::Reply>(result.body);
    if (!reply) return;
    if (road_ == nullptr) return driver_.receive(from, Message(std::move(*reply)));
    road_->to_client(from, *reply, [weak = weak_from_this(), from, reply = *reply] {
      if (const auto self = weak.lock()) self->driver_.receive(from, Message(reply));
    });
  }

  void refused(NodeId from, kv::Serial serial, const net::HttpResult& result) {
    refusal_ = {from, result.status, reason_in(result.body)};
    auto& by = refused_by_[serial];
    by.insert(from);
    const bool everywhere = is_too_large(result.status) || by.size() == http_.size();
    if (everywhere) refused_by_.erase(serial);
    driver_.receive(from, Message(kv::Rejected{serial, everywhere}));
  }

  Duration timeout_;
  Road* road_;
  std::map<NodeId, std::unique_ptr<net::HttpClient>> http_;
  std::map<RequestId, Done> waiting_;
  std::map<kv::Serial, std::set<NodeId>> refused_by_;  // since anybody took that call
  Refusal refusal_;
  std::uint64_t last_ = 0;
  net::Driver<kv::Client> driver_;
};

RemoteClient::RemoteClient(net::asio::io_context& io, std::vector<Server> servers,
                           kv::ClientConfig config, std::uint32_t number, std::uint64_t seed,
                           Road* road)
    : impl_(std::make_shared<Impl>(io, servers, config, number, seed, road)) {
  check(!servers.empty(), "a client knows at least one server");
  impl_->start();
}

RemoteClient::~RemoteClient() = default;

void RemoteClient::start(kv::Operation operation, Done done) {
  impl_->start(std::move(operation), std::move(done));
}

std::size_t RemoteClient::open() const { return impl_->open(); }
const Refusal& RemoteClient::refusal() const { return impl_->refusal(); }

}  // namespace lockstep::node
