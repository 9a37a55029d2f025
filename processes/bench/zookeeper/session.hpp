// Session: one connection to one ZooKeeper server, with one operation at a time.
//
// Debian has ZooKeeper's own C client, and it is not used here: libzookeeper-mt runs two threads
// for each session, so 256 of them would measure the scheduler; libzookeeper-st runs none, but as
// with the other, what `bench node` can do would depend on what was installed when it was built,
// while ZooKeeper is looked for when it runs. Here a session is a socket and two strings.
//
// It is for loads that keep it busy: it pings only when an answer takes long, which every client of
// ZooKeeper does sooner or later. ZooKeeper 3.8 sometimes keeps the second of two answers back
// until something else arrives, with sync_and_get() once in some ten thousand; a ping fetches it.
//
// A server that breaks the protocol, or the connection, ends a session; nothing reconnects.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "net/asio.hpp"
#include "processes/bench/zookeeper/wire.hpp"

namespace lockstep::processes::zookeeper {

class Session {
 public:
  // refused: the server answered with an error; the session lives on. broken: it has ended.
  enum class Outcome : std::uint8_t { done, refused, broken };
  using Done = std::function<void(Outcome)>;

  // `done` is called once for each of the calls below, later, from a handler of `io`. Not to be
  // destroyed before `io` has run for the last time.
  Session(net::asio::io_context& io, Done done);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // REQUIRES: nothing is under way. open() comes first; after close(), or when broken, nothing
  // does.
  void open(std::uint16_t port);  // on 127.0.0.1
  void create(std::string_view path, std::string_view data);
  void set(std::string_view path, std::string_view data);
  // Both requests at once: ZooKeeper keeps the order of a session, so what is got is at least as
  // recent as the sync. It is done when both answers are there.
  void sync_and_get(std::string_view path);
  void close();

  [[nodiscard]] std::size_t got_bytes() const { return got_bytes_; }  // by the latest sync_and_get
  // Why the latest outcome was not `done`.
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  void send(const std::string& bytes, std::int32_t requests);
  void watch();
  void read();
  void on_read(std::size_t count);
  // What is wrong with a frame; nullptr when nothing is.
  const char* take_welcome(std::string_view body);
  const char* take_answer(std::string_view body);
  void break_off(std::string reason);

  net::asio::ip::tcp::socket socket_;
  net::asio::steady_timer timer_;
  Done done_;
  std::array<char, 4096> chunk_;
  std::string unread_;
  std::string reason_;
  std::size_t got_bytes_ = 0;
  std::int32_t asked_ = 0, answered_ = 0;  // the latest xids; equal when nothing is under way
  bool opened_ = false;
  bool watching_ = false;  // the timer runs
  bool getting_ = false;   // the latest answer of what is under way holds a value
  bool refused_ = false;   // an answer of what is under way was an error
};

}  // namespace lockstep::processes::zookeeper
