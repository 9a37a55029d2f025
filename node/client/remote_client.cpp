#include "node/client/remote_client.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/base/check.hpp"
#include "core/wire/codec.hpp"
#include "net/driver/driver.hpp"
#include "net/http/client.hpp"

namespace lockstep::node {
namespace {

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

  void send(NodeId to, Message&& message) override {
    const auto& request = std::get<kv::Request>(message);
    std::string body;
    wire::encode(request, body);
    if (road_ == nullptr) return post(to, std::move(body));
    road_->to_server(to, request, [weak = weak_from_this(), to, body = std::move(body)] {
      if (const auto self = weak.lock()) self->post(to, body);
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
  void post(NodeId to, std::string body) {
    net::HttpCall call{.method = "POST",
                       .target = "/v1/rpc",
                       .headers = {{"Content-Type", "application/octet-stream"}},
                       .body = std::move(body)};
    http_.at(to)->call(std::move(call), timeout_,
                       [weak = weak_from_this(), to](const net::HttpResult& result) {
                         if (const auto self = weak.lock()) self->hear(to, result);
                       });
  }

  void hear(NodeId from, const net::HttpResult& result) {
    if (result.status != 200) return;
    auto reply = wire::decode<kv::Reply>(result.body);
    if (!reply) return;
    if (road_ == nullptr) return driver_.receive(from, Message(std::move(*reply)));
    road_->to_client(from, *reply, [weak = weak_from_this(), from, reply = *reply] {
      if (const auto self = weak.lock()) self->driver_.receive(from, Message(reply));
    });
  }

  Duration timeout_;
  Road* road_;
  std::map<NodeId, std::unique_ptr<net::HttpClient>> http_;
  std::map<RequestId, Done> waiting_;
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

}  // namespace lockstep::node
