// ElectionApi: what clients and operators ask of the election over HTTP (docs/election.md).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "net/http/server.hpp"
#include "node/config/config.hpp"
#include "node/config/json.hpp"
#include "node/election/election.hpp"
#include "node/metrics/exposition.hpp"

namespace lockstep::node {

class ElectionApi {
 public:
  using Respond = std::function<void(net::HttpResponse)>;

  ElectionApi(const Config& config, Election& election) : config_(config), election_(election) {}

  // "/v1/election/…", "/v1/guarded/…".
  void handle(const net::HttpRequest& request, const Respond& answer);

  // For those who were let in as operators.
  void hand_over(const Respond& answer);
  [[nodiscard]] net::HttpResponse set_vitals(std::string_view body);

  [[nodiscard]] std::string status_json() const;
  void add_metrics(Exposition& out) const;

 private:
  void ask(advanced_bully::Request request, const Respond& answer, Election::OnReply on_reply);
  void act(const net::HttpRequest& request, const Respond& answer);
  [[nodiscard]] net::HttpResponse kept(const net::HttpRequest& request) const;
  [[nodiscard]] std::string events_json(const net::HttpRequest& request) const;
  void start(const Respond& answer);
  [[nodiscard]] net::HttpResponse elsewhere(NodeId leader, const std::string& target) const;
  [[nodiscard]] net::HttpResponse response_of(const advanced_bully::Reply& reply,
                                              const std::string& target) const;

  const Config& config_;
  Election& election_;
};

// {"sequence":9,"time":…,"kind":…,"text":…,"fields":{…}}
[[nodiscard]] std::string event_json(const audit::Event& event);

}  // namespace lockstep::node
