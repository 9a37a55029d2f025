// Api: what clients and operators ask over HTTP (docs/node.md), answered from this member.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/http/server.hpp"
#include "node/config/config.hpp"
#include "node/guest/part.hpp"
#include "node/server/events.hpp"
#include "node/server/gateway.hpp"
#include "node/server/host.hpp"

namespace lockstep::node {

class Api final : public Streams {
 public:
  // Stops the whole node for that long; asked for by an operator.
  using Pause = std::function<void(Duration)>;
  using Parts = std::vector<std::unique_ptr<GuestPart>>;

  Api(net::asio::io_context& io, const Config& config, Host& host, Gateway& gateway, Events& events,
      net::LogStore& store, const Parts& parts, Pause pause);

  void handle(net::HttpRequest&& request, net::HttpAnswer answer);
  [[nodiscard]] bool accepts_stream(const net::HttpRequest& request) const;
  void stream_opened(std::shared_ptr<net::HttpStream> stream);
  void use_counters(std::function<net::HttpCounters()> counters) {
    counters_ = std::move(counters);
  }
  // No longer ready: load balancers look elsewhere.
  void retire() { retired_ = true; }

  // Streams.
  [[nodiscard]] bool watched() const override { return !streams_.empty(); }
  void send(const std::string& text) override;

 private:
  using Answer = net::HttpAnswer;
  using Request = net::HttpRequest;

  // api.cpp
  [[nodiscard]] net::HttpResponse answer_now(const Request& request);
  [[nodiscard]] GuestPart* part_of(Guest guest) const;  // nullptr: this node runs none

  // api_kv.cpp
  void handle_key(Request&& request, const Answer& answer);
  void handle_batch(Request&& request, const Answer& answer);
  void handle_session(const Request& request, const Answer& answer);
  void handle_rpc(Request&& request, const Answer& answer);
  [[nodiscard]] bool go_elsewhere(const Request& request, const Answer& answer) const;
  void run(kv::Operation operation, const Answer& answer);
  void run_once(kv::ClientRequest request, const Answer& answer);
  void run_batch(std::shared_ptr<std::vector<kv::Operation>> operations,
                 std::shared_ptr<std::string> results, const Answer& answer);
  void record(bool read, Instant begun);

  // api_status.cpp
  [[nodiscard]] std::string status_json() const;
  [[nodiscard]] std::string log_json(const Request& request) const;
  [[nodiscard]] std::string events_json(const Request& request) const;
  [[nodiscard]] net::HttpResponse ready(const Request& request) const;
  [[nodiscard]] std::string rates_json();
  void tick();

  // api_metrics.cpp
  [[nodiscard]] std::string metrics_text() const;

  // api_admin.cpp
  void handle_admin(const Request& request, const Answer& answer);
  // Why not, or nothing.
  [[nodiscard]] std::optional<net::HttpResponse> refusal(const Request& request) const;
  using Respond = std::function<void(net::HttpResponse)>;
  void obey(const Request& request, const Respond& answer);
  void transfer(const Request& request, const Respond& answer);
  [[nodiscard]] net::HttpResponse set_faults(const Request& request);

  const Config& config_;
  Host& host_;
  Gateway& gateway_;
  Events& events_;
  net::LogStore& store_;
  const Parts& parts_;
  Pause pause_;
  std::function<net::HttpCounters()> counters_;
  bool retired_ = false;
  Instant started_;
  std::map<unsigned, std::uint64_t> statuses_;  // answers of each status
  std::vector<std::weak_ptr<net::HttpStream>> streams_;
  net::asio::steady_timer ticker_;
  bool ticking_ = false;
  Timings last_timings_;  // of the tick before, for rates
  Instant last_tick_;
};

// The reply to one attempt, for those who bring their own session, and for operators.
[[nodiscard]] net::HttpResponse response_of(const kv::Reply& reply);
// {"outcome":"refused","reason":…}
[[nodiscard]] net::HttpResponse refused(unsigned status, const std::string& reason);

}  // namespace lockstep::node
