#include "net/http/stream.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <deque>

namespace lockstep::net {
namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

// What a client may say in one message. It is dropped, but has to be read.
constexpr std::size_t largest_message = 16 * 1024;
// For the client's answer to a close, and for it to close its side.
constexpr auto goodbye_time = std::chrono::seconds(2);

class Stream final : public Session, public HttpStream {
 public:
  Stream(std::shared_ptr<Service> service, Socket socket, HttpRequest request)
      : service_(std::move(service)), request_(std::move(request)), socket_(std::move(socket)) {}

  void start();
  void send(std::string text) override;
  [[nodiscard]] bool open() const override { return open_; }
  void sweep(Clock::time_point) override {}  // Beast pings, and closes who does not answer
  void drain() override;
  void close() override;

 private:
  [[nodiscard]] std::shared_ptr<Stream> self() {
    return std::static_pointer_cast<Stream>(shared_from_this());
  }
  void read();
  void write();
  void say_goodbye();

  std::shared_ptr<Service> service_;
  HttpRequest request_;
  websocket::stream<Socket, false> socket_;  // false: without permessage-deflate
  beast::flat_buffer buffer_;
  std::deque<std::string> waiting_;  // the first is being written
  std::size_t waiting_bytes_ = 0;
  bool open_ = false;
  bool leaving_ = false;  // draining: closes when all is written
  bool closed_ = false;
};

void Stream::start() {
  socket_.set_option(websocket::stream_base::timeout{to_clock(service_->options.header_time),
                                                     to_clock(service_->options.idle_time), true});
  socket_.read_message_max(largest_message);
  socket_.text(true);
  beast::http::request<beast::http::empty_body> handshake;
  handshake.method(beast::http::verb::get);
  handshake.target("/");
  for (const auto& [name, value] : request_.headers) handshake.insert(name, value);
  socket_.async_accept(handshake, [self = self()](ErrorCode error) {
    if (self->closed_) return;
    if (error) return self->close();
    self->open_ = true;
    self->read();
    if (self->service_->opened) self->service_->opened(self->request_, self);
    if (self->leaving_) self->say_goodbye();
  });
}

void Stream::read() {
  socket_.async_read(buffer_, [self = self()](ErrorCode error, std::size_t) {
    if (self->closed_) return;
    if (error) return self->close();
    self->buffer_.clear();
    self->read();
  });
}

void Stream::send(std::string text) {
  if (!open_) return;
  // With room for the bookkeeping: many empty messages are bounded as well.
  waiting_bytes_ += text.size() + sizeof(std::string);
  waiting_.push_back(std::move(text));
  if (waiting_bytes_ > largest_backlog) {
    service_->log.info("a stream was closed: its client does not read",
                       {{"client", request_.peer}, {"waiting_bytes", waiting_bytes_}});
    return close();
  }
  if (waiting_.size() == 1) write();
}

void Stream::write() {
  socket_.async_write(asio::buffer(waiting_.front()),
                      [self = self()](ErrorCode error, std::size_t) {
                        if (self->closed_) return;
                        if (error) return self->close();
                        self->waiting_bytes_ -= self->waiting_.front().size() + sizeof(std::string);
                        self->waiting_.pop_front();
                        if (!self->waiting_.empty()) return self->write();
                        if (self->leaving_) self->say_goodbye();
                      });
}

void Stream::say_goodbye() {
  open_ = false;
  socket_.set_option(websocket::stream_base::timeout{goodbye_time, goodbye_time, false});
  socket_.async_close(websocket::close_code::going_away,
                      [self = self()](ErrorCode) { self->close(); });
}

void Stream::drain() {
  leaving_ = true;
  if (open_ && waiting_.empty()) say_goodbye();
}

void Stream::close() {
  if (closed_) return;
  closed_ = true;
  open_ = false;
  ErrorCode ignored;  // a socket is closed whatever close() says
  beast::get_lowest_layer(socket_).close(ignored);
  service_->remove(*this);
}

}  // namespace

void open_stream(std::shared_ptr<Service> service, Socket socket, HttpRequest request) {
  auto& shared = *service;
  const auto stream =
      std::make_shared<Stream>(std::move(service), std::move(socket), std::move(request));
  shared.add(stream);
  stream->start();
}

}  // namespace lockstep::net
