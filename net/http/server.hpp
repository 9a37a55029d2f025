// HttpServer: HTTP/1.1 with keep-alive on Boost.Beast.
//
// Promises that answers leave in the order of their requests, pipelined or not, that every
// connection's memory and time are bounded, and that what is no proper request is answered with the
// status that says so (400, 408, 413, 414, 417, 431, 501, 505) and closed, the others unharmed.
//
// Used by one thread at a time: that of `io`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.hpp"
#include "net/asio.hpp"
#include "net/log/log.hpp"

namespace lockstep::net {

struct HttpRequest {
  std::string method;                                        // upper case
  std::string target;                                        // as it was sent, encoded
  std::string path;                                          // decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;    // decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, in order
  std::string body;
  std::string peer;       // address of the client
  bool loopback = false;  // it is on this machine

  // The first of that name, or nullptr.
  [[nodiscard]] const std::string* header(std::string_view lower_case_name) const;
  [[nodiscard]] const std::string* parameter(std::string_view name) const;
};

// The body of an answer that is read as it leaves, piece by piece, so that it may be of any size.
class HttpBody {
 public:
  virtual ~HttpBody() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // Appends the next piece, at least a byte. False: it cannot be read, and the connection is
  // closed. REQUIRES: !done().
  [[nodiscard]] virtual bool read(std::string& out) = 0;
  [[nodiscard]] virtual bool done() const = 0;
};

struct HttpResponse {
  unsigned status = 200;
  std::string type = "application/json";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};  // further ones
  std::shared_ptr<HttpBody> rest = {};                            // instead of `body`
};

// Answers one request, once. Copies share. Dropped without a word it answers 500. It may outlive
// the connection, and then does nothing.
class HttpAnswer {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void send(HttpResponse&& response) = 0;
  };
  explicit HttpAnswer(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
  void operator()(HttpResponse response) const { sink_->send(std::move(response)); }

 private:
  std::shared_ptr<Sink> sink_;
};

// A WebSocket that was opened with GET. Text messages go out; what comes in is read and dropped. A
// client that does not read is closed when `largest_backlog` bytes wait for it.
class HttpStream {
 public:
  virtual ~HttpStream() = default;
  virtual void send(std::string text) = 0;
  [[nodiscard]] virtual bool open() const = 0;
  static constexpr std::size_t largest_backlog = 1024 * 1024;
};

struct HttpOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::size_t header_bytes = 8 * 1024;
  std::size_t body_bytes = 1024 * 1024;
  std::size_t connections = 4096;      // further ones are answered 503 and closed
  Duration header_time = seconds(10);  // from the first byte of a request to the end of its headers
  Duration body_time = seconds(30);    // to the end of its body; as long for reading an answer
  Duration idle_time = seconds(120);   // between requests
};

struct HttpCounters {
  std::uint64_t accepted = 0, refused = 0, open = 0, requests = 0, malformed = 0, timed_out = 0;
};

class HttpServer {
 public:
  using Handler = std::function<void(HttpRequest&&, HttpAnswer)>;
  // Whether this request, which asks for a WebSocket, gets one. If not, the handler answers it.
  using StreamHandler = std::function<bool(const HttpRequest&)>;
  using StreamOpened = std::function<void(const HttpRequest&, std::shared_ptr<HttpStream>)>;

  // Throws std::runtime_error with a sentence for the operator when it cannot listen there.
  HttpServer(asio::io_context& io, HttpOptions options, Handler handler, Log& log);
  ~HttpServer();  // closes everything at once
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  void on_stream(StreamHandler accepts, StreamOpened opened);
  // No further connections or requests; those under way are answered with Connection: close. `done`
  // is called when the last one is closed.
  void drain(std::function<void()> done);

  [[nodiscard]] HttpCounters counters() const;
  [[nodiscard]] std::uint16_t port() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace lockstep::net
