// A server in a thread of its own, and a client that says and hears bytes, for the tests here.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/http/server.hpp"

namespace lockstep::net::testing {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

class Records final : public Log {
 public:
  void write(Level level, std::string_view, std::vector<Field>) override {
    if (level == Level::error) ++errors;
  }
  std::atomic<int> errors = 0;
};

// Polls until `holds`, at most for `limit`; whether it came to hold.
template <class Holds>
bool eventually(Holds holds, std::chrono::milliseconds limit = 10s) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

// So many times 'x'; with `breaks`, only half of them can be read.
class LongBody final : public HttpBody {
 public:
  LongBody(std::uint64_t size, bool breaks) : size_(size), breaks_(breaks) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] bool read(std::string& out) override {
    if (breaks_ && at_ >= size_ / 2) return false;
    const std::uint64_t count = std::min<std::uint64_t>(size_ - at_, 100'000);
    out.append(count, 'x');
    at_ += count;
    return true;
  }
  [[nodiscard]] bool done() const override { return at_ == size_; }

 private:
  std::uint64_t size_, at_ = 0;
  bool breaks_;
};

// /later answers in a few milliseconds, /drop never, /hold when told, /big with 32 MiB, /pour with
// as much in pieces, /pour_nothing with none, /break with half of it; all else
// answers at once with the method, the path, the query and the body.
class TestServer {
 public:
  explicit TestServer(HttpOptions options = {}) {
    server.emplace(
        io, options, [this](HttpRequest&& r, HttpAnswer a) { handle(r, std::move(a)); }, log);
    port = server->port();
    thread_ = std::thread([this] { io.run(); });
  }
  template <class Do>
  auto on_io(Do act) {
    const auto task = std::make_shared<std::packaged_task<decltype(act())()>>(std::move(act));
    auto result = task->get_future();
    asio::post(io, [task] { (*task)(); });
    return result.get();
  }
  ~TestServer() {
    on_io([this] {
      held.clear();
      server.reset();
      work_.reset();
    });
    thread_.join();
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  HttpCounters counters() {
    return on_io([this] { return server->counters(); });
  }

  asio::io_context io{1};
  Records log;
  std::optional<HttpServer> server;
  std::vector<HttpAnswer> held;
  std::uint16_t port = 0;

 private:
  void handle(const HttpRequest& request, HttpAnswer answer) {
    HttpResponse response;
    response.type = "text/plain";
    response.body = request.method + " " + request.path;
    for (const auto& [name, value] : request.query) response.body += " " + name + "=" + value;
    if (!request.body.empty()) response.body += "\n" + request.body;
    if (request.path == "/drop") return;
    if (request.path == "/hold") return held.push_back(std::move(answer));
    if (request.path == "/big") response.body.assign(std::size_t{32} << 20, 'x');
    if (request.path.starts_with("/pour") || request.path == "/break") {
      const std::uint64_t size = request.path == "/pour_nothing" ? 0 : std::uint64_t{32} << 20;
      response.rest = std::make_shared<LongBody>(size, request.path == "/break");
    }
    if (request.path != "/later") return answer(std::move(response));
    const auto timer = std::make_shared<asio::steady_timer>(io, 3ms);
    timer->async_wait([timer, answer, response](ErrorCode) { answer(response); });
  }

  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io);
  std::thread thread_;
};

struct Answered {
  unsigned status = 0;  // 0: the connection ended first
  std::string head;     // status line and headers
  std::string body;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(io_) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
  }

  // Whether all of it was taken.
  bool say(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  void end() { ::shutdown(socket_.native_handle(), SHUT_WR); }

  // Of the next response; `head`: it has no body.
  Answered hear(bool head = false) {
    Answered answered;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return answered;
    }
    answered.head = take(end + 4);
    std::size_t length = 0;
    if (const auto at = answered.head.find("Content-Length: "); at != std::string::npos) {
      length = std::stoul(answered.head.substr(at + 16));
    }
    while (!head && buffer_.size() < length) {
      if (!more()) return answered;
    }
    if (!head) answered.body = take(length);
    answered.status = static_cast<unsigned>(std::stoul(answered.head.substr(9, 3)));
    return answered;
  }
  Answered ask(std::string_view bytes) {
    say(bytes);
    return hear();
  }
  Answered get(std::string_view target) {
    return ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  // Whether the server closes within the time; what it says before is kept in said().
  bool closes() {
    while (more()) {
    }
    return ended_;
  }
  // One more piece into said(); false at the end or when nothing came for 10 s.
  bool more() {
    pollfd wait{socket_.native_handle(), POLLIN, 0};
    if (::poll(&wait, 1, 10'000) != 1) return false;
    char bytes[65536];
    const auto count = ::recv(socket_.native_handle(), bytes, sizeof bytes, 0);
    ended_ = count <= 0;
    if (!ended_) buffer_.append(bytes, static_cast<std::size_t>(count));
    return !ended_;
  }
  [[nodiscard]] const std::string& said() const { return buffer_; }
  std::string take(std::size_t count) {
    std::string taken = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return taken;
  }

 private:
  asio::io_context io_;
  asio::ip::tcp::socket socket_;
  std::string buffer_;
  bool ended_ = false;
};

inline HttpOptions quick_options() {
  HttpOptions options;
  options.header_time = milliseconds(300);
  options.body_time = milliseconds(300);
  options.idle_time = milliseconds(300);
  return options;
}

}  // namespace lockstep::net::testing
