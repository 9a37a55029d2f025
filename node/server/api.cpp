#include "node/server/api.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "node/config/json.hpp"
#include "node/dashboard/page.hpp"
#include "node/server/origin.hpp"

namespace lockstep::node {
namespace {

bool is_read(const net::HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

}  // namespace

Api::Api(net::asio::io_context& io, const Config& config, Host& host, Gateway& gateway,
         Events& events, net::LogStore& store, const Parts& parts, Pause pause)
    : config_(config),
      host_(host),
      gateway_(gateway),
      events_(events),
      store_(store),
      parts_(parts),
      pause_(std::move(pause)),
      started_(net::now()),
      ticker_(io) {
  events_.watch([this](const EventLine& line) {
    if (watched()) send(R"({"event":)" + event_json(line) + "}");
  });
  for (const auto& part : parts_) part->tell(*this);
}

GuestPart* Api::part_of(Guest guest) const {
  for (const auto& part : parts_) {
    if (part->guest() == guest) return part.get();
  }
  return nullptr;
}

void Api::send(const std::string& text) {
  for (const auto& weak : streams_) {
    if (const auto stream = weak.lock(); stream && stream->open()) stream->send(text);
  }
}

void Api::handle(Request&& request, Answer answer) {
  // Admin calls have a token, which no page of others knows.
  const bool changes = !is_read(request) && request.method != "OPTIONS";
  if (changes && !request.path.starts_with("/v1/admin/")) {
    if (const auto why = cross_site_reason(request, config_); !why.empty())
      return answer(refused(403, why));
  }
  if (request.path.starts_with("/v1/kv/")) return handle_key(std::move(request), answer);
  if (request.path == "/v1/rpc") return handle_rpc(std::move(request), answer);
  if (request.path == "/v1/kv:batch") return handle_batch(std::move(request), answer);
  if (request.path == "/v1/sessions") return handle_session(request, answer);
  if (request.path.starts_with("/v1/admin/")) return handle_admin(request, answer);
  if (const auto guest = guest_of(request.path)) {
    GuestPart* const part = part_of(*guest);
    if (part == nullptr) return answer(refused(404, std::string(kind_of(*guest).missing)));
    return part->handle(request, answer);
  }
  answer(answer_now(request));
}

net::HttpResponse Api::answer_now(const Request& request) {
  const auto open_json = [](std::string body) {
    return net::HttpResponse{
        200, "application/json", std::move(body), {{"Access-Control-Allow-Origin", "*"}}};
  };
  using Page = std::function<net::HttpResponse()>;
  const std::map<std::string_view, Page> pages{
      {"/v1/status", [&] { return open_json(status_json()); }},
      {"/v1/log", [&] { return open_json(log_json(request)); }},
      {"/v1/events", [&] { return open_json(events_json(request)); }},
      {"/v1/events/stream", [] { return refused(426, "this is a WebSocket; connect with one"); }},
      {"/livez",
       [] {
         return net::HttpResponse{200, "text/plain", "ok\n", {}};
       }},
      {"/readyz", [&] { return ready(request); }},
      {"/metrics",
       [&] {
         return net::HttpResponse{200, "text/plain; version=0.0.4", metrics_text(), {}};
       }},
      {"/", [] {
         return net::HttpResponse{
             200, "text/html; charset=utf-8", std::string(dashboard_page()), {}};
       }}};
  const auto page = pages.find(request.path);
  if (page == pages.end())
    return refused(404, "there is no " + request.path + "; docs/node.md lists what there is");
  if (!is_read(request)) {
    net::HttpResponse response = refused(405, request.path + " is read with GET");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  return page->second();
}

bool Api::accepts_stream(const Request& request) const {
  return request.path == "/v1/events/stream";
}

void Api::stream_opened(std::shared_ptr<net::HttpStream> stream) {
  std::erase_if(streams_, [](const auto& weak) { return weak.expired(); });
  streams_.push_back(stream);
  if (!ticking_) tick();
}

// Twice a second, while somebody watches.
void Api::tick() {
  std::erase_if(streams_, [](const auto& weak) {
    const auto stream = weak.lock();
    return !stream || !stream->open();
  });
  ticking_ = !streams_.empty();
  if (!ticking_) return;
  std::string status = status_json();
  status.insert(status.size() - 1, R"(,"rates":)" + rates_json());
  send(R"({"status":)" + status + "}");
  for (const auto& part : parts_) send(part->stream_text());
  ticker_.expires_after(std::chrono::milliseconds(500));
  ticker_.async_wait([this](const net::ErrorCode& error) {
    if (!error) tick();
  });
}

net::HttpResponse refused(unsigned status, const std::string& reason) {
  return {
      status, "application/json", dumped({{"outcome", "refused"}, {"reason", reason}}) + "\n", {}};
}

}  // namespace lockstep::node
