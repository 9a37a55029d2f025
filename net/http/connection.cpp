#include "net/http/connection.hpp"

#include <algorithm>

#include "net/http/response_text.hpp"
#include "net/http/stream.hpp"

namespace lockstep::net {
namespace {

// An idle connection holds no more than the first; a busy one reads up to the second at a time.
constexpr std::size_t smallest_read = 1024;
constexpr std::size_t largest_read = 32 * 1024;
// Room for the lines of a chunked body: sizes, extensions, trailers.
constexpr std::size_t chunk_lines = 8 * 1024;
// Answers to pipelined requests leave together, up to this many bytes.
constexpr std::size_t gathered_bytes = 64 * 1024;
constexpr std::size_t kept_capacity = 8 * 1024;
constexpr auto linger_time = std::chrono::seconds(2);
constexpr std::size_t linger_bytes = 8 * 1024 * 1024;

class Reply final : public HttpAnswer::Sink {
 public:
  Reply(std::weak_ptr<Connection> connection, std::uint64_t request)
      : connection_(std::move(connection)), request_(request) {}
  ~Reply() override {
    if (!sent_) send(refusal_response(500, "the request was dropped without an answer"));
  }
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;

  void send(HttpResponse&& response) override {
    if (sent_) return;
    sent_ = true;
    if (const auto connection = connection_.lock()) connection->answer(request_, response);
  }

 private:
  std::weak_ptr<Connection> connection_;
  std::uint64_t request_;
  bool sent_ = false;
};

}  // namespace

Connection::Connection(std::shared_ptr<Service> service, Socket socket, Client client)
    : service_(std::move(service)),
      socket_(std::move(socket)),
      client_(std::move(client)),
      buffer_(service_->options.header_bytes + largest_read + chunk_lines),
      read_size_(smallest_read),
      linger_left_(linger_bytes) {}

std::shared_ptr<Connection> Connection::self() {
  return std::static_pointer_cast<Connection>(shared_from_this());
}

void Connection::start() {
  deadline_ = Clock::now() + to_clock(service_->options.idle_time);
  advance();
}

void Connection::turn_away(HttpResponse response) {
  finish(response);
  advance();
}

// The one place that moves from request to request. It is a loop, not a recursion, however many
// pipelined requests are answered in place.
void Connection::advance() {
  if (advancing_) return;
  const auto kept = shared_from_this();
  advancing_ = true;
  while (state_ == State::parsing && !writing_) parse();
  advancing_ = false;
  flush();
  if (state_ == State::pouring && !writing_) return pour();
  if (state_ == State::finishing && !writing_) linger();
}

// A piece, and then it is the others' turn: a client that reads fast must not hold them up.
void Connection::pour() {
  if (rest_->done()) {
    rest_.reset();
    deadline_ = Clock::now() + to_clock(service_->options.idle_time);
    state_ = keep_alive_ ? State::parsing : State::finishing;
  } else if (rest_->read(out_)) {
    flush();
    if (writing_) return;
  } else {
    return close();
  }
  asio::post(socket_.get_executor(), [self = self()] { self->advance(); });
}

void Connection::parse() {
  if (buffer_.size() == 0) return await_bytes();
  if (!parser_) {
    parser_ = std::make_unique<RequestParser>(service_->options);
    continued_ = false;
    deadline_ = Clock::now() + to_clock(service_->options.header_time);
  }
  const auto bytes = buffer_.cdata();
  buffer_.consume(parser_->put({static_cast<const char*>(bytes.data()), bytes.size()}));
  if (parser_->refusal().status != 0) return refuse(parser_->refusal());
  if (parser_->complete()) return deliver();
  if (parser_->headers_complete() && !continued_) {
    continued_ = true;
    deadline_ = Clock::now() + to_clock(service_->options.body_time);
    if (parser_->wants_continue() && buffer_.size() == 0) {
      out_.append("HTTP/1.1 100 Continue\r\n\r\n");
    }
  }
  await_bytes();
}

void Connection::deliver() {
  ++service_->counters.requests;
  const bool wants_stream = parser_->wants_stream();
  keep_alive_ = parser_->keep_alive();
  old_ = parser_->old();
  HttpRequest request = std::move(parser_->request());
  parser_.reset();
  head_ = request.method == "HEAD";
  request.peer = client_.address;
  request.loopback = client_.loopback;
  if (wants_stream && service_->accepts && service_->accepts(request) && hand_over()) {
    return open_stream(service_, std::move(socket_), std::move(request));
  }
  if (state_ != State::parsing) return;  // closed meanwhile
  state_ = State::handling;
  const std::weak_ptr<Connection> weak = self();
  service_->handler(std::move(request), HttpAnswer(std::make_shared<Reply>(weak, ++request_)));
}

// Leaves the socket to a WebSocket, unless the client did not wait for the answer to its handshake,
// or has not read those before it.
bool Connection::hand_over() {
  flush();
  if (writing_ || buffer_.size() != 0 || state_ != State::parsing) return false;
  state_ = State::closed;
  service_->remove(*this);
  return true;
}

void Connection::answer(std::uint64_t request, const HttpResponse& response) {
  if (state_ != State::handling || request != request_) return;
  keep_alive_ = keep_alive_ && !service_->draining;
  append_response(out_, response, {.head = head_, .keep_alive = keep_alive_, .old = old_});
  deadline_ = Clock::now() + to_clock(service_->options.idle_time);
  state_ = keep_alive_ ? State::parsing : State::finishing;
  if (response.rest && !head_) {
    rest_ = response.rest;
    state_ = State::pouring;
  }
  if (out_.size() >= gathered_bytes) flush();
  advance();
}

void Connection::refuse(const Refusal& refusal) {
  ++(refusal.status == 408 ? service_->counters.timed_out : service_->counters.malformed);
  service_->log.debug(
      "a request was refused",
      {{"client", client_.address}, {"status", refusal.status}, {"reason", refusal.reason}});
  head_ = false;
  finish(refusal_response(refusal.status, refusal.reason));
}

void Connection::finish(const HttpResponse& response) {
  append_response(out_, response, {.head = head_, .keep_alive = false, .old = old_});
  state_ = State::finishing;
}

// A socket that closes with unread bytes resets the connection, and the client may lose the answer
// that says why. So the rest is read and dropped, within bounds, until the client closes.
void Connection::linger() {
  state_ = State::lingering;
  deadline_ = Clock::now() + linger_time;
  parser_.reset();
  ErrorCode error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) return close();
  if (reading_) return;
  buffer_.clear();
  read();
}

void Connection::await_bytes() {
  flush();
  if (writing_ || state_ != State::parsing) return;
  if (!parser_) {
    if (buffer_.capacity() > kept_capacity) buffer_.shrink_to_fit();
    if (out_.capacity() > kept_capacity) std::string().swap(out_);
    read_size_ = smallest_read;
    if (service_->draining) return close();
  }
  if (buffer_.size() == buffer_.max_size()) {
    return refuse({400, "a line between the chunks of the body is too long"});
  }
  state_ = State::reading;
  read();
}

void Connection::read() {
  reading_ = true;
  const std::size_t room = buffer_.max_size() - buffer_.size();
  socket_.async_read_some(
      buffer_.prepare(std::min(read_size_, room)),
      [self = self()](ErrorCode error, std::size_t count) { self->on_read(error, count); });
}

void Connection::on_read(ErrorCode error, std::size_t count) {
  reading_ = false;
  if (state_ == State::closed) return;
  if (error) {
    if (state_ != State::finishing) close();  // finishing still writes, and then lingers
    return;
  }
  if (count == read_size_) read_size_ = std::min(2 * read_size_, largest_read);
  if (state_ == State::reading) {
    buffer_.commit(count);
    state_ = State::parsing;
    return advance();
  }
  linger_left_ -= std::min(count, linger_left_);
  if (state_ != State::lingering) return;
  buffer_.clear();
  linger_left_ == 0 ? close() : read();
}

void Connection::flush() {
  if (writing_ || out_.empty() || state_ == State::closed) return;
  ErrorCode error;
  const std::size_t count = socket_.write_some(asio::buffer(out_), error);
  if (error && error != asio::error::would_block) return close();
  if (count == out_.size()) return out_.clear();
  writing_ = true;
  write_deadline_ = Clock::now() + to_clock(service_->options.body_time);
  written_.swap(out_);
  asio::async_write(socket_, asio::buffer(written_) + count,
                    [self = self()](ErrorCode failure, std::size_t) { self->on_written(failure); });
}

void Connection::on_written(ErrorCode error) {
  writing_ = false;
  std::string().swap(written_);
  if (state_ == State::closed) return;
  if (error) return close();
  advance();
}

void Connection::sweep(Clock::time_point now) {
  if (writing_ && now >= write_deadline_) {
    ++service_->counters.timed_out;
    return close();
  }
  if (now < deadline_) return;
  if (state_ == State::lingering) return close();
  if (state_ != State::reading) return;
  if (!parser_) return close();
  refuse({408, parser_->headers_complete() ? "the body did not come in time"
                                           : "the headers did not come in time"});
  advance();
}

void Connection::drain() {
  const bool under_way = parser_ && parser_->headers_complete();
  if (state_ == State::reading && !under_way) close();
}

void Connection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  ErrorCode ignored;  // a socket is closed whatever close() says
  socket_.close(ignored);
  service_->remove(*this);
}

}  // namespace lockstep::net
