// RemoteClient: the client machine of core/kv, driven over HTTP (POST /v1/rpc) against a cluster.
//
// Promises what kv::Client does: at most once, and an answer that is Finished, Failed or Unknown. A
// call that fails, times out, is answered with rubbish or 5xx is a lost message. A server that
// refuses the call itself (400, 403, 404, 501 …) is left for the next one; when all refuse it, or
// one says that it is too large, the operation is answered at once, with the reason `rejected`.
// Used by one thread at a time: that of `io`. Not to be destroyed from within `done`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/kv/client.hpp"
#include "net/asio.hpp"

namespace lockstep::node {

struct Server {
  NodeId id;
  std::string host;
  std::uint16_t port = 0;
};

// What a server said that took a call for none of its own.
struct Refusal {
  NodeId server;
  unsigned status = 0;  // 0: nobody has refused anything
  std::string reason;   // its own words, a line
};

// The way between a client and its servers, for those who make it worse: `arrive` is called when
// the message is at the other end, at once or later, never, or once a copy. It may be called after
// the client is gone, and does nothing then.
class Road {
 public:
  virtual ~Road() = default;
  virtual void to_server(NodeId server, const kv::Request& request,
                         std::function<void()> arrive) = 0;
  virtual void to_client(NodeId server, const kv::Reply& reply, std::function<void()> arrive) = 0;
};

class RemoteClient {
 public:
  using Done = std::function<void(const kv::ClientReply&)>;
  // `number` tells clients of one process apart. `road`, if any, outlives the client.
  RemoteClient(net::asio::io_context& io, std::vector<Server> servers, kv::ClientConfig config,
               std::uint32_t number, std::uint64_t seed, Road* road = nullptr);
  ~RemoteClient();
  RemoteClient(const RemoteClient&) = delete;
  RemoteClient& operator=(const RemoteClient&) = delete;

  void start(kv::Operation operation, Done done);
  [[nodiscard]] std::size_t open() const;  // operations without an answer
  // The latest one; within `done`, why the operation was rejected if it was.
  [[nodiscard]] const Refusal& refusal() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace lockstep::node
