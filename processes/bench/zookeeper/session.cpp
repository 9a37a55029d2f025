#include "processes/bench/zookeeper/session.hpp"

#include <chrono>
#include <utility>

#include "core/base/check.hpp"

namespace lockstep::processes::zookeeper {
namespace {

using net::ErrorCode;
using tcp = net::asio::ip::tcp;

constexpr std::int32_t session_timeout_ms = 30'000;
constexpr std::chrono::milliseconds long_wait(100);  // a busy server's answers are faster than that

}  // namespace

Session::Session(net::asio::io_context& io, Done done)
    : socket_(io), timer_(io), done_(std::move(done)) {}

void Session::open(std::uint16_t port) {
  socket_.async_connect(tcp::endpoint(net::asio::ip::address_v4::loopback(), port),
                        [this](ErrorCode error) {
                          if (error) return break_off("cannot connect: " + error.message());
                          ErrorCode ignored;
                          socket_.set_option(tcp::no_delay(true), ignored);
                          send(connect_request(session_timeout_ms), 0);
                        });
}

void Session::create(std::string_view path, std::string_view data) {
  send(create_request(asked_ + 1, path, data), 1);
}

void Session::set(std::string_view path, std::string_view data) {
  send(set_data_request(asked_ + 1, path, data), 1);
}

void Session::sync_and_get(std::string_view path) {
  getting_ = true;
  send(sync_request(asked_ + 1, path) + get_data_request(asked_ + 2, path), 2);
}

void Session::close() { send(close_request(asked_ + 1), 1); }

// A few hundred bytes, and nothing else is under way: they fit into the socket's buffer at once.
void Session::send(const std::string& bytes, std::int32_t requests) {
  check(asked_ == answered_, "a session does one thing after another");
  asked_ += requests;
  ErrorCode error;
  net::asio::write(socket_, net::asio::buffer(bytes), error);
  if (error) {
    net::asio::post(socket_.get_executor(),
                    [this, error] { break_off("cannot write: " + error.message()); });
    return;
  }
  if (opened_ && !watching_) watch();
  read();
}

// Looks now and then, since a timer for each operation would cost more than the operation.
void Session::watch() {
  watching_ = true;
  timer_.expires_after(long_wait);
  timer_.async_wait([this, asked = asked_](ErrorCode) {
    watching_ = false;
    if (asked_ == answered_) return;
    ErrorCode ignored;  // reading tells of it
    if (asked == asked_) net::asio::write(socket_, net::asio::buffer(ping_request()), ignored);
    watch();
  });
}

void Session::read() {
  socket_.async_read_some(net::asio::buffer(chunk_), [this](ErrorCode error, std::size_t count) {
    if (error) return break_off("the connection ended: " + error.message());
    on_read(count);
  });
}

void Session::on_read(std::size_t count) {
  unread_.append(chunk_.data(), count);
  std::string_view rest = unread_;
  Front front;
  while ((front = front_of(rest)).state == Front::State::whole) {
    const char* wrong = opened_ ? take_answer(front.body) : take_welcome(front.body);
    if (wrong != nullptr) return break_off(wrong);
    rest.remove_prefix(Front::length_bytes + front.body.size());
  }
  if (front.state == Front::State::refused) return break_off("no frame is as long as that");
  unread_.erase(0, unread_.size() - rest.size());
  if (!opened_ || asked_ != answered_) return read();
  getting_ = false;
  done_(std::exchange(refused_, false) ? Outcome::refused : Outcome::done);
}

const char* Session::take_welcome(std::string_view body) {
  const auto timeout = session_timeout_of(body);
  if (!timeout) return "the answer to a connect request is none";
  if (*timeout <= 0) return "the server refuses a session";
  opened_ = true;
  return nullptr;
}

const char* Session::take_answer(std::string_view body) {
  const auto answer = answer_of(body);
  if (answer && answer->xid == ping_xid) return nullptr;
  if (!answer || asked_ == answered_ || answer->xid != answered_ + 1)
    return "an answer to nothing that was asked";
  ++answered_;
  if (answer->error != 0) {
    refused_ = true;
    reason_ = "error " + std::to_string(answer->error);
  } else if (getting_ && asked_ == answered_) {
    const auto data = data_of(*answer);
    if (!data) return "a value without its end";
    got_bytes_ = data->size();
  }
  return nullptr;
}

void Session::break_off(std::string reason) {
  reason_ = std::move(reason);
  answered_ = asked_;  // nothing is waited for any more
  ErrorCode ignored;
  socket_.close(ignored);
  done_(Outcome::broken);
}

}  // namespace lockstep::processes::zookeeper
