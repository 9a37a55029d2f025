// ClientLink: one connection of an HttpClient, which carries one exchange after another.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "net/http/response_parser.hpp"

namespace lockstep::net {

class ClientLink : public std::enable_shared_from_this<ClientLink> {
 public:
  struct Address {
    std::string host;
    std::uint16_t port = 0;
    [[nodiscard]] std::string text() const;  // "host:port", an IPv6 address in brackets
  };
  struct Request {
    std::string bytes;
    bool head = false;
    bool safe = false;  // asking twice changes nothing
  };
  // `stale`: the connection had been closed, and the request may be sent again on another.
  using Finished = std::function<void(HttpResult result, bool stale)>;

  ClientLink(asio::io_context& io, Address server)
      : server_(std::move(server)), resolver_(io), socket_(io.get_executor()) {}

  // REQUIRES: no other exchange is under way, and the link is new or reusable(). `finished` is
  // called later, unless the link is closed first.
  void exchange(std::shared_ptr<const Request> request, Finished finished);
  // The server kept the connection open after the latest exchange, and has not closed it since.
  [[nodiscard]] bool reusable();
  void close();

 private:
  using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

  void connect();
  template <class Endpoints>
  void connect_to(const Endpoints& endpoints);
  void talk();
  void read();
  void on_read(ErrorCode error, std::size_t count);
  void take(ErrorCode error);
  void succeed();
  void fail(std::string reason);
  void finish(HttpResult result, bool stale);

  Address server_;
  asio::ip::tcp::resolver resolver_;
  Socket socket_;
  boost::beast::flat_buffer buffer_;
  std::shared_ptr<const Request> request_;
  Finished finished_;
  std::optional<ResponseParser> parser_;
  std::chrono::steady_clock::time_point idle_since_;
  std::size_t sent_ = 0;  // bytes of the request
  bool used_ = false;     // has carried an exchange before this one
  bool heard_ = false;    // anything of the answer
  bool open_ = false;     // may carry another exchange
  bool closed_ = false;
};

}  // namespace lockstep::net
