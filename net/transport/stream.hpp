// Stream: a connection's bytes, plain or through TLS, so that both kinds share the sessions.
//
// One read and one write at a time. What is asked for is answered later, never from inside the
// call; the answer keeps its receiver alive until then. Closing the socket ends both with an error.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/strong.hpp"
#include "net/asio.hpp"

namespace lockstep::net {

class StreamUser {
 public:
  virtual void opened(const ErrorCode& error) = 0;
  virtual void arrived(const ErrorCode& error, std::size_t bytes) = 0;
  virtual void written(const ErrorCode& error) = 0;

 protected:
  ~StreamUser() = default;
};

enum class Side : std::uint8_t { dialler, dialled };

class Stream {
 public:
  using User = std::shared_ptr<StreamUser>;

  virtual ~Stream() = default;
  virtual asio::ip::tcp::socket& socket() = 0;
  // What comes before the first byte, on a connected socket.
  virtual void open(Side side, User user) = 0;
  virtual void read_some(std::span<char> into, User user) = 0;
  // All of it; `bytes` stay where they are until written() says so.
  virtual void write(std::string_view bytes, User user) = 0;
  // Why the other side is not that node; only after opened() without an error.
  [[nodiscard]] virtual std::optional<std::string> not_node(NodeId id) const = 0;
  // For a log; more than error.message() where the stream knows more.
  [[nodiscard]] virtual std::string explain(const ErrorCode& error) const = 0;
};

[[nodiscard]] std::unique_ptr<Stream> plain_stream(asio::ip::tcp::socket socket);

// Sets TCP_NODELAY, keep-alive, and a limit to how long the other side's machine may be silent with
// bytes on their way to it (TCP_USER_TIMEOUT where there is one).
void tune(asio::ip::tcp::socket& socket);

}  // namespace lockstep::net
