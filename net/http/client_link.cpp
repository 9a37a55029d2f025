#include "net/http/client_link.hpp"

#include <array>
#include <boost/beast/http/error.hpp>

#include "core/base/check.hpp"
#include "net/address.hpp"

namespace lockstep::net {
namespace {

constexpr std::size_t read_bytes = 16 * 1024;
// A server closes idle connections as well; the client does it first, so that they do not meet.
constexpr auto longest_idle = std::chrono::seconds(30);

}  // namespace

std::string ClientLink::Address::text() const { return address_text(host, port); }

void ClientLink::exchange(std::shared_ptr<const Request> request, Finished finished) {
  check(!finished_ && !closed_, "a link carries one exchange at a time");
  request_ = std::move(request);
  finished_ = std::move(finished);
  parser_.emplace(request_->head);
  sent_ = 0;
  heard_ = false;
  used_ = open_;
  used_ ? talk() : connect();
}

bool ClientLink::reusable() {
  if (!open_ || std::chrono::steady_clock::now() - idle_since_ > longest_idle) return false;
  std::array<char, 1> byte;
  ErrorCode error;
  socket_.receive(asio::buffer(byte), Socket::message_peek, error);
  return error == asio::error::would_block;
}

void ClientLink::connect() {
  ErrorCode not_a_number;
  const auto address = asio::ip::make_address(server_.host, not_a_number);
  if (!not_a_number) {
    // Without the resolver's thread.
    return connect_to(
        std::array<asio::ip::tcp::endpoint, 1>{asio::ip::tcp::endpoint(address, server_.port)});
  }
  resolver_.async_resolve(
      server_.host, std::to_string(server_.port),
      [self = shared_from_this()](ErrorCode error, asio::ip::tcp::resolver::results_type found) {
        if (self->closed_) return;
        if (error) return self->fail("cannot find " + self->server_.host + ": " + error.message());
        self->connect_to(found);
      });
}

template <class Endpoints>
void ClientLink::connect_to(const Endpoints& endpoints) {
  asio::async_connect(
      socket_, endpoints,
      [self = shared_from_this()](ErrorCode error, const asio::ip::tcp::endpoint&) {
        if (self->closed_) return;
        if (!error) self->socket_.set_option(asio::ip::tcp::no_delay(true), error);
        if (!error) self->socket_.non_blocking(true, error);
        if (error) {
          return self->fail("cannot connect to " + self->server_.text() + ": " + error.message());
        }
        self->talk();
      });
}

// Reads while it writes: a server may refuse a large body before it has all of it.
void ClientLink::talk() {
  open_ = false;
  asio::async_write(socket_, asio::buffer(request_->bytes),
                    [self = shared_from_this(), request = request_](ErrorCode, std::size_t count) {
                      // What went wrong, if anything did, the read says as well.
                      if (self->request_ == request) self->sent_ = count;
                    });
  read();
}

void ClientLink::read() {
  socket_.async_read_some(buffer_.prepare(read_bytes),
                          [self = shared_from_this()](ErrorCode error, std::size_t count) {
                            if (!self->closed_) self->on_read(error, count);
                          });
}

void ClientLink::on_read(ErrorCode error, std::size_t count) {
  heard_ = heard_ || count > 0;
  if (error == asio::error::eof) {
    parser_->put_end(error);
    if (!error && parser_->complete()) return succeed();
  }
  if (error) {
    const bool end = error == boost::beast::http::error::end_of_stream;
    return fail(server_.text() +
                (heard_ ? " broke off its answer" : " closed the connection before it answered") +
                (end ? "" : ": " + error.message()));
  }
  buffer_.commit(count);
  take(error);
}

void ClientLink::take(ErrorCode error) {
  for (;;) {
    const auto bytes = buffer_.cdata();
    buffer_.consume(parser_->put({static_cast<const char*>(bytes.data()), bytes.size()}, error));
    if (error) return fail("what " + server_.text() + " answers is refused: " + error.message());
    if (!parser_->complete()) return read();
    if (!parser_->interim()) return succeed();
    parser_.emplace(request_->head);  // 100 Continue, say; the answer is still to come
  }
}

void ClientLink::succeed() {
  open_ = parser_->keep_alive() && sent_ == request_->bytes.size() && buffer_.size() == 0;
  idle_since_ = std::chrono::steady_clock::now();
  HttpResult result = std::move(parser_->result());
  finish(std::move(result), false);
}

void ClientLink::fail(std::string reason) {
  HttpResult result;
  result.error = std::move(reason);
  finish(std::move(result), used_ && !heard_ && (sent_ == 0 || request_->safe));
}

void ClientLink::finish(HttpResult result, bool stale) {
  request_.reset();
  const auto finished = std::exchange(finished_, nullptr);
  if (!open_) close();
  if (finished) finished(std::move(result), stale);
}

void ClientLink::close() {
  closed_ = true;
  open_ = false;
  finished_ = nullptr;
  ErrorCode ignored;  // a socket is closed whatever close() says
  socket_.close(ignored);
  resolver_.cancel();
}

}  // namespace lockstep::net
