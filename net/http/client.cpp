#include "net/http/client.hpp"

#include <algorithm>
#include <deque>

#include "net/http/client_link.hpp"

namespace lockstep::net {
namespace {

constexpr std::size_t most_links = 8;

bool is_plain(std::string_view text, bool spaces) {
  return std::all_of(text.begin(), text.end(), [spaces](char c) {
    return static_cast<unsigned char>(c) > ' ' || (spaces && (c == ' ' || c == '\t'));
  });
}

// A line break in a key or a header must not become another request.
bool well_formed(const HttpCall& call) {
  if (call.method.empty() || !is_plain(call.method, false)) return false;
  if (call.target.empty() || !is_plain(call.target, false)) return false;
  return std::all_of(call.headers.begin(), call.headers.end(), [](const auto& header) {
    return !header.first.empty() && is_plain(header.first, false) && is_plain(header.second, true);
  });
}

std::string to_bytes(const HttpCall& call, const std::string& host) {
  std::string bytes = call.method + " " + call.target + " HTTP/1.1\r\nHost: " + host + "\r\n";
  for (const auto& [name, value] : call.headers) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  if (!call.body.empty() || call.method == "PUT" || call.method == "POST") {
    bytes += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  }
  return bytes.append("\r\n").append(call.body);
}

}  // namespace

const std::string* HttpResult::header(std::string_view lower_case_name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return header.first == lower_case_name;
  });
  return found == headers.end() ? nullptr : &found->second;
}

class HttpClient::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& io, std::string host, std::uint16_t port)
      : io_(io), server_{std::move(host), port} {}

  void call(HttpCall call, Duration timeout, Done done);
  void close();

 private:
  struct Call {
    Call(asio::io_context& io, Done d) : timer(io), done(std::move(d)) {}
    std::shared_ptr<const ClientLink::Request> request;
    asio::steady_timer timer;
    Done done;  // empty when it was called
    std::shared_ptr<ClientLink> link;
    bool replaced = false;
  };
  using CallPtr = std::shared_ptr<Call>;

  [[nodiscard]] std::shared_ptr<ClientLink> take_link();
  void pump();
  void start(const CallPtr& call);
  void on_finished(const CallPtr& call, HttpResult result, bool stale);
  void on_timeout(const CallPtr& call, Duration timeout);
  void complete(const CallPtr& call, HttpResult result);

  asio::io_context& io_;
  ClientLink::Address server_;
  std::vector<std::shared_ptr<ClientLink>> idle_;
  std::vector<CallPtr> busy_;  // each has a link
  std::deque<CallPtr> waiting_;
};

void HttpClient::Impl::call(HttpCall call, Duration timeout, Done done) {
  if (!well_formed(call)) {
    HttpResult result;
    result.error = "the method, the target or a header has a space or a line break in it";
    asio::post(io_, [weak = weak_from_this(), result, done = std::move(done)] {
      if (!weak.expired()) done(result);
    });
    return;
  }
  const auto waiting = std::make_shared<Call>(io_, std::move(done));
  const bool head = call.method == "HEAD";
  waiting->request = std::make_shared<ClientLink::Request>(ClientLink::Request{
      .bytes = to_bytes(call, server_.text()), .head = head, .safe = head || call.method == "GET"});
  waiting->timer.expires_after(std::chrono::nanoseconds(timeout.ns()));
  waiting->timer.async_wait([weak = weak_from_this(), waiting, timeout](ErrorCode cancelled) {
    const auto self = weak.lock();
    if (self && !cancelled) self->on_timeout(waiting, timeout);
  });
  waiting_.push_back(waiting);
  pump();
}

std::shared_ptr<ClientLink> HttpClient::Impl::take_link() {
  while (!idle_.empty()) {
    const auto link = std::move(idle_.back());
    idle_.pop_back();
    if (link->reusable()) return link;
    link->close();
  }
  return std::make_shared<ClientLink>(io_, server_);
}

void HttpClient::Impl::pump() {
  while (!waiting_.empty() && busy_.size() < most_links) {
    const auto call = std::move(waiting_.front());
    waiting_.pop_front();
    busy_.push_back(call);
    call->link = take_link();
    start(call);
  }
}

void HttpClient::Impl::start(const CallPtr& call) {
  call->link->exchange(call->request,
                       [weak = weak_from_this(), call](HttpResult result, bool stale) {
                         const auto self = weak.lock();
                         if (self) self->on_finished(call, std::move(result), stale);
                       });
}

void HttpClient::Impl::on_finished(const CallPtr& call, HttpResult result, bool stale) {
  if (!call->done) return;
  if (stale && !call->replaced) {
    call->replaced = true;
    call->link = std::make_shared<ClientLink>(io_, server_);
    return start(call);
  }
  std::erase(busy_, call);
  idle_.push_back(std::move(call->link));
  complete(call, std::move(result));
}

void HttpClient::Impl::on_timeout(const CallPtr& call, Duration timeout) {
  if (!call->done) return;
  if (call->link) call->link->close();
  std::erase(busy_, call);
  std::erase(waiting_, call);
  HttpResult result;
  result.error = "no answer from " + server_.text() + " within " + to_text(timeout);
  complete(call, std::move(result));
}

void HttpClient::Impl::complete(const CallPtr& call, HttpResult result) {
  call->timer.cancel();
  call->link.reset();
  const auto done = std::exchange(call->done, nullptr);
  pump();  // first: `done` may be the end of this client
  done(std::move(result));
}

void HttpClient::Impl::close() {
  for (const auto& link : idle_) link->close();
  for (const auto& call : busy_) {
    call->link->close();
    call->timer.cancel();
  }
  for (const auto& call : waiting_) call->timer.cancel();
  idle_.clear();
  busy_.clear();
  waiting_.clear();
}

HttpClient::HttpClient(asio::io_context& io, std::string host, std::uint16_t port)
    : impl_(std::make_shared<Impl>(io, std::move(host), port)) {}
HttpClient::~HttpClient() { impl_->close(); }

void HttpClient::call(HttpCall call, Duration timeout, Done done) {
  impl_->call(std::move(call), timeout, std::move(done));
}

}  // namespace lockstep::net
