// What the connections of one server share, and the set of them.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/http/server.hpp"

namespace lockstep::net {

// A concrete executor: the type-erased one costs an indirection and a copy at every step.
using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using Clock = std::chrono::steady_clock;

inline Clock::duration to_clock(Duration duration) {
  return std::chrono::nanoseconds(duration.ns());
}

struct Client {
  std::string address;
  bool loopback = false;
};

// One open connection, whatever it speaks.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session() = default;
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  virtual void sweep(Clock::time_point now) = 0;  // ends itself where its time is over
  virtual void drain() = 0;                       // ends itself when what is under way is done
  virtual void close() = 0;                       // at once

 private:
  friend struct Service;
  std::size_t place_ = 0;  // in Service::sessions
};

struct Service {
  Service(HttpOptions o, HttpServer::Handler h, Log& l)
      : options(std::move(o)), handler(std::move(h)), log(l) {}

  void add(std::shared_ptr<Session> session);
  void remove(Session& session);
  void each(const std::function<void(Session&)>& visit);  // which may remove the one it is given

  const HttpOptions options;
  const HttpServer::Handler handler;
  HttpServer::StreamHandler accepts;
  HttpServer::StreamOpened opened;
  Log& log;
  HttpCounters counters;
  bool draining = false;
  std::vector<std::shared_ptr<Session>> sessions;
  std::function<void()> emptied;  // the last session was removed
};

}  // namespace lockstep::net
