// MessagesApi: what clients ask of the message log over HTTP (docs/messages.md).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "net/http/server.hpp"
#include "node/config/config.hpp"
#include "node/config/json.hpp"
#include "node/messages/messages_host.hpp"
#include "node/metrics/exposition.hpp"
#include "node/metrics/histogram.hpp"

namespace lockstep::node {

class MessagesApi {
 public:
  using Respond = std::function<void(net::HttpResponse)>;

  MessagesApi(const Config& config, MessagesHost& host);

  void handle(const net::HttpRequest& request, const Respond& answer);
  // Asks what waited for the next segment of the log. Often.
  void go_on();

  [[nodiscard]] std::string status_json();
  [[nodiscard]] std::string message_json(lamport::Stamp stamp) const;  // REQUIRES: it is shown
  void add_metrics(Exposition& out) const;

 private:
  // What a post came to.
  enum class Outcome : std::uint8_t { done, failed, unknown, refused };

  struct Held {
    lamport::Post post;
    Respond answer;
    Instant begun;
  };

  void post(const net::HttpRequest& request, const Respond& answer);
  void ask(Held&& held);
  [[nodiscard]] std::optional<net::HttpResponse> refusal(const net::HttpRequest& request);
  [[nodiscard]] net::HttpResponse response_of(const lamport::Reply& reply,
                                              const lamport::Origin& origin);
  [[nodiscard]] net::HttpResponse counted(Outcome outcome, net::HttpResponse response);
  [[nodiscard]] net::HttpResponse read(const net::HttpRequest& request) const;
  using Place = std::map<lamport::Stamp, lamport::Number>::const_iterator;
  [[nodiscard]] std::string page(Place from, std::uint64_t most, bool tail) const;
  [[nodiscard]] bool lacks_leader() const;

  const Config& config_;
  MessagesHost& host_;
  const lamport::ClientId origin_;  // of messages that come without one
  lamport::Sequence sequence_;
  std::deque<Held> held_;
  std::array<std::uint64_t, 4> outcomes_{};  // by Outcome
  Histogram times_;                          // of posts that were done
  Rate posted_;
};

}  // namespace lockstep::node
