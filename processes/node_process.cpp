#include "processes/node_process.hpp"

#include <signal.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/check.hpp"
#include "processes/json_parts.hpp"

namespace lockstep::processes {
namespace {

constexpr Duration knocks_every = milliseconds(5);
constexpr Duration command_timeout = seconds(1);

}  // namespace

NodeProcess::NodeProcess(net::asio::io_context& io, Clock& clock, Setting setting,
                         Protocol& protocol)
    : io_(io), clock_(clock), setting_(std::move(setting)), protocol_(protocol) {}

void NodeProcess::launch(std::function<void()> ready) {
  check(!is_up(), "a node that is up is not started again");
  ++incarnation_;
  last_event_ = 0;
  ready_ = paused_ = false;
  status_ = {};
  questions_ = std::make_unique<net::HttpClient>(io_, "127.0.0.1", setting_.api);
  orders_ = std::make_unique<net::HttpClient>(io_, "127.0.0.1", setting_.api);
  protocol_.launched(setting_.place);
  child_ = std::make_unique<Child>(setting_.program);
  knock(std::move(ready));
}

void NodeProcess::knock(std::function<void()> ready) {
  const auto again = [this, ready = std::move(ready), mine = incarnation_] {
    if (mine != incarnation_ || !is_up()) return;
    questions_->call({.method = "GET", .target = "/livez", .headers = {}, .body = {}}, seconds(1),
                     [this, ready, mine](const net::HttpResult& result) {
                       if (mine != incarnation_ || !is_up() || ready_) return;
                       if (result.status != 200) return knock(ready);
                       ready_ = true;
                       ready();
                     });
  };
  clock_.at(clock_.now() + knocks_every, again);
}

void NodeProcess::crash() {
  child_.reset();
  questions_.reset();
  orders_.reset();
  ready_ = paused_ = false;
}

void NodeProcess::pause() {
  paused_ = true;
  child_->send(SIGSTOP);
}

void NodeProcess::resume() {
  paused_ = false;
  child_->send(SIGCONT);
}

std::optional<std::string> NodeProcess::take_end() {
  const auto ended = child_ ? child_->ended() : std::nullopt;
  if (ended) crash();
  return ended;
}

void NodeProcess::terminate() {
  if (!child_) return;
  child_->send(SIGTERM);
  if (paused_) child_->send(SIGCONT);
}

void NodeProcess::call(net::HttpCall call, Duration timeout, net::HttpClient::Done done) {
  if (!answers()) return done({});
  orders_->call(std::move(call), timeout, std::move(done));
}

void NodeProcess::post(const std::string& target, std::string body, Duration timeout,
                       net::HttpClient::Done done) {
  call({.method = "POST",
        .target = target,
        .headers = {{"Authorization", "Bearer " + setting_.token},
                    {"Content-Type", "application/json"}},
        .body = std::move(body)},
       timeout, std::move(done));
}

void NodeProcess::command(const std::string& target, std::string body,
                          std::function<void(bool)> done) {
  post(target, std::move(body), command_timeout,
       [done = std::move(done)](const net::HttpResult& result) {
         done(result.status >= 200 && result.status < 300);
       });
}

void NodeProcess::fetch(const std::string& target, Duration timeout, net::HttpClient::Done done) {
  if (!answers()) return done({});
  questions_->call({.method = "GET", .target = target, .headers = {}, .body = {}}, timeout,
                   std::move(done));
}

void NodeProcess::get(const std::string& target, Duration timeout,
                      std::function<void(const nlohmann::json&)> done) {
  fetch(target, timeout, [done = std::move(done)](const net::HttpResult& result) {
    auto json = result.status == 200 ? nlohmann::json::parse(result.body, nullptr, false)
                                     : nlohmann::json();
    done(json.is_discarded() ? nlohmann::json() : json);
  });
}

void NodeProcess::ask(Duration timeout, std::function<void()> done) {
  const std::uint64_t mine = incarnation_;
  auto left = std::make_shared<int>(2);
  const auto one = [left, done = std::move(done)] {
    if (--*left == 0) done();
  };
  get(protocol_.status_target(), timeout,
      [this, mine, one, asked = clock_.now()](const nlohmann::json& status) {
        if (mine == incarnation_ && status.is_object()) read_status(status, asked);
        one();
      });
  get(protocol_.events_target() + std::to_string(last_event_), timeout,
      [this, mine, one](const nlohmann::json& events) {
        if (events.is_object()) read_events(events, mine);
        one();
      });
  protocol_.look_closer(*this);
}

// Two questions may have overlapped, so that an older answer comes later. A status without a time
// is as old as the question.
void NodeProcess::read_status(const nlohmann::json& json, Instant asked) {
  const auto at = json.contains("time") ? clock_.instant_of(text_in(json, "time")) : asked;
  if (!at || *at < status_.at) return;
  status_ = protocol_.status_of(json);
  status_.at = *at;
  protocol_.saw(setting_.place, status_);
}

void NodeProcess::read_events(const nlohmann::json& events, std::uint64_t incarnation) {
  const auto list = events.find("events");
  if (list == events.end() || !list->is_array()) return;
  for (const auto& json : *list) {
    if (!json.is_object()) continue;
    const auto at = clock_.instant_of(text_in(json, "time"));
    NodeEvent event = protocol_.event_of(json);
    // Two questions may have overlapped.
    if (!at || (incarnation == incarnation_ && event.number <= last_event_)) continue;
    if (incarnation == incarnation_) last_event_ = event.number;
    event.at = *at;
    event.node = setting_.place;
    protocol_.saw(std::move(event));
  }
}

}  // namespace lockstep::processes
