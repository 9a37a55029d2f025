// HttpClient: requests to one server over a few kept-alive connections, answered by callback.
//
// Each request is tried once. A kept-alive connection that turns out to be closed is replaced once,
// but a request that was sent on it is sent again only if it is GET or HEAD: the server may have
// done it. At most 8 connections; further calls wait. Used by one thread at a time: that of `io`.
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

namespace lockstep::net {

struct HttpCall {
  std::string method = "GET";
  std::string target = "/";  // encoded path and query
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

struct HttpResult {
  unsigned status = 0;                                       // 0: no answer, and `error` says why
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  std::string error;
  [[nodiscard]] const std::string* header(std::string_view lower_case_name) const;
};

class HttpClient {
 public:
  using Done = std::function<void(HttpResult)>;
  HttpClient(asio::io_context& io, std::string host, std::uint16_t port);
  ~HttpClient();  // open calls are never answered
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // `done` is called once, later than this returns. An answer has at most 64 MiB.
  void call(HttpCall call, Duration timeout, Done done);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace lockstep::net
