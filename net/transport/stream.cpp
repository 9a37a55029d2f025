#include "net/transport/stream.hpp"

#include <netinet/tcp.h>

namespace lockstep::net {
namespace {

using asio::ip::tcp;

class Plain final : public Stream {
 public:
  explicit Plain(tcp::socket socket) : socket_(std::move(socket)) {}

  tcp::socket& socket() override { return socket_; }
  void open(Side, User user) override {
    asio::post(socket_.get_executor(), [user = std::move(user)] { user->opened({}); });
  }
  void read_some(std::span<char> into, User user) override {
    socket_.async_read_some(asio::buffer(into.data(), into.size()),
                            [user = std::move(user)](const ErrorCode& error, std::size_t bytes) {
                              user->arrived(error, bytes);
                            });
  }
  void write(std::string_view bytes, User user) override {
    asio::async_write(
        socket_, asio::buffer(bytes.data(), bytes.size()),
        [user = std::move(user)](const ErrorCode& error, std::size_t) { user->written(error); });
  }
  [[nodiscard]] std::optional<std::string> not_node(NodeId) const override { return std::nullopt; }
  [[nodiscard]] std::string explain(const ErrorCode& error) const override {
    return error.message();
  }

 private:
  tcp::socket socket_;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(tcp::socket socket) {
  return std::make_unique<Plain>(std::move(socket));
}

void tune(tcp::socket& socket) {
  // None of these can fail on a connection that lives, and on a dead one the next read tells.
  ErrorCode ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
#ifdef TCP_USER_TIMEOUT
  // Without it a cut of the network is followed by the wait that TCP has doubled meanwhile; a
  // connection that is dialled again is faster. A process that is merely stopped still answers.
  using UserTimeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
  socket.set_option(UserTimeout(3000), ignored);
#endif
}

}  // namespace lockstep::net
