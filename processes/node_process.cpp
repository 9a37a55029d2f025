#include "processes/node_process.hpp"

#include <signal.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/check.hpp"

namespace lockstep::processes {
namespace {

constexpr Duration knocks_every = milliseconds(5);
constexpr Duration command_timeout = seconds(1);

std::uint64_t number(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::string text(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

NodeProcess::NodeProcess(net::asio::io_context& io, Clock& clock, Setting setting,
                         std::function<void(NodeEvent)> on_event)
    : io_(io), clock_(clock), setting_(std::move(setting)), on_event_(std::move(on_event)) {}

void NodeProcess::launch(std::function<void()> ready) {
  check(!is_up(), "a node that is up is not started again");
  ++incarnation_;
  last_event_ = 0;
  ready_ = paused_ = false;
  status_ = {};
  http_ = std::make_unique<net::HttpClient>(io_, "127.0.0.1", setting_.api);
  child_ = std::make_unique<Child>(setting_.program);
  knock(std::move(ready));
}

void NodeProcess::knock(std::function<void()> ready) {
  const auto again = [this, ready = std::move(ready), mine = incarnation_] {
    if (mine != incarnation_ || !is_up()) return;
    http_->call({.method = "GET", .target = "/livez", .headers = {}, .body = {}}, seconds(1),
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
  http_.reset();
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

void NodeProcess::command(const std::string& target, std::string body,
                          std::function<void(bool)> done) {
  if (!answers()) return done(false);
  net::HttpCall call{.method = "POST",
                     .target = target,
                     .headers = {{"Authorization", "Bearer " + setting_.token},
                                 {"Content-Type", "application/json"}},
                     .body = std::move(body)};
  http_->call(std::move(call), command_timeout,
              [done = std::move(done)](const net::HttpResult& result) {
                done(result.status >= 200 && result.status < 300);
              });
}

void NodeProcess::get(const std::string& target, Duration timeout,
                      std::function<void(const nlohmann::json&)> done) {
  if (!answers()) return done({});
  http_->call({.method = "GET", .target = target, .headers = {}, .body = {}}, timeout,
              [done = std::move(done)](const net::HttpResult& result) {
                auto json = result.status == 200
                                ? nlohmann::json::parse(result.body, nullptr, false)
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
  get("/v1/status", timeout, [this, mine, one](const nlohmann::json& status) {
    if (mine == incarnation_ && status.is_object()) read_status(status);
    one();
  });
  get("/v1/events?after=" + std::to_string(last_event_), timeout,
      [this, mine, one](const nlohmann::json& events) {
        if (events.is_object()) read_events(events, mine);
        one();
      });
}

void NodeProcess::read_status(const nlohmann::json& status) {
  status_.role = text(status, "role");
  status_.term = number(status, "term");
  status_.leader = number(status, "leader");
  const auto log = status.find("log");
  if (log == status.end() || !log->is_object()) return;
  status_.last = number(*log, "last");
  status_.commit = number(*log, "commit");
}

void NodeProcess::read_events(const nlohmann::json& events, std::uint64_t incarnation) {
  const auto list = events.find("events");
  if (list == events.end() || !list->is_array()) return;
  for (const auto& event : *list) {
    const auto at = event.is_object() ? clock_.instant_of(text(event, "time")) : std::nullopt;
    const std::uint64_t place = event.is_object() ? number(event, "number") : 0;
    // Two questions may have overlapped.
    if (!at || (incarnation == incarnation_ && place <= last_event_)) continue;
    if (incarnation == incarnation_) last_event_ = place;
    on_event_(
        {*at, setting_.place, number(event, "term"), text(event, "kind"), text(event, "text")});
  }
}

}  // namespace lockstep::processes
