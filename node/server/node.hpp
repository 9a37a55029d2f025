// Node: one member with everything it needs, from its configuration to its end.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "net/asio.hpp"
#include "net/driver/shift.hpp"
#include "net/http/server.hpp"
#include "net/storage/log_store.hpp"
#include "node/config/async_log.hpp"
#include "node/config/config.hpp"
#include "node/election/keyring.hpp"
#include "node/guest/part.hpp"
#include "node/server/api.hpp"
#include "node/server/events.hpp"
#include "node/server/gateway.hpp"
#include "node/server/host.hpp"

namespace lockstep::node {

class Node {
 public:
  // The keyring is there where the configuration has an election. Throws net::StorageFailed, or a
  // std::runtime_error with a sentence for the operator.
  Node(const Config& config, std::optional<quorum::Keyring> keyring, AsyncLog& log);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Until SIGTERM or SIGINT, and then until another member leads and what is under way is answered,
  // at most `drain_time`.
  // Throws net::StorageFailed when the disk fails.
  void run();

  static constexpr Duration drain_time = seconds(4);

 private:
  bool end_of_burst();
  void await_signals();
  void shut_down();
  void prepare_segments();

  [[nodiscard]] std::vector<std::unique_ptr<GuestPart>> make_parts(
      std::optional<quorum::Keyring> keyring);

  const Config config_;
  AsyncLog& log_;
  net::asio::io_context io_;
  net::Shift shift_;
  Events events_;
  net::LogStore store_;
  std::unique_ptr<Gateway> gateway_;
  Host host_;
  const std::vector<std::unique_ptr<GuestPart>> parts_;
  Api api_;
  net::HttpServer http_;
  net::asio::signal_set signals_;
  net::asio::steady_timer last_call_;
  Duration pause_;
  bool shutting_down_ = false;
  bool drained_ = false;  // no client is left

  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  std::thread housekeeper_;
};

}  // namespace lockstep::node
