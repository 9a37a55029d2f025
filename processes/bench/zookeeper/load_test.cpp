#include "processes/bench/zookeeper/load.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/asio.hpp"
#include "processes/bench/zookeeper/keys.hpp"

namespace lockstep::processes::zookeeper {
namespace {

using namespace std::string_literals;
using tcp = net::asio::ip::tcp;

constexpr char create = 1, get_data = 4, set_data = 5, sync = 9, ping = 11, close_session = -11;

std::string framed(const std::string& body) {
  return "\0\0"s + static_cast<char>(body.size() >> 8) + static_cast<char>(body.size() & 0xff) +
         body;
}

struct Asked {
  std::string xid, path;
  char type = 0;
};

// Answers that connections get from a server that does as it should.
std::string well_done(const Asked& asked, std::size_t value_bytes) {
  std::string body = asked.xid + std::string(12, '\0');
  if (asked.type == get_data)
    body += "\0\0\0"s + static_cast<char>(value_bytes) + std::string(value_bytes, 'x') +
            std::string(68, '\0');
  return framed(body);
}

// One that stands in for ZooKeeper: takes as many connections as it is told, a thread for each, and
// answers what `answer` says, bytes or none; where that is nothing it hangs up.
class StandIn {
 public:
  using AnswerTo = std::function<std::optional<std::string>(const Asked&)>;

  StandIn(unsigned connections, AnswerTo answer, std::string session_timeout = "\0\0\x75\x30"s)
      : answer_(std::move(answer)), timeout_(std::move(session_timeout)) {
    acceptor_.listen();
    accepting_ = std::thread([this, connections] {
      for (unsigned i = 0; i < connections; ++i)
        serving_.emplace_back([this, socket = acceptor_.accept()]() mutable { serve(socket); });
    });
  }
  // Ends when the clients have gone.
  ~StandIn() { wait(); }
  void wait() {
    if (accepting_.joinable()) accepting_.join();
    for (auto& thread : serving_)
      if (thread.joinable()) thread.join();
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // After wait().
  [[nodiscard]] std::size_t asked(char type) const {
    std::size_t count = 0;
    for (const Asked& each : asked_) count += each.type == type ? 1 : 0;
    return count;
  }
  [[nodiscard]] std::set<std::string> paths(char type) const {
    std::set<std::string> found;
    for (const Asked& each : asked_)
      if (each.type == type) found.insert(each.path);
    return found;
  }

 private:
  void serve(tcp::socket& socket) try {
    (void)read_frame(socket);
    write(socket, framed("\0\0\0\0"s + timeout_ + std::string(8, '\1') + "\0\0\0\0"s));
    for (;;) {
      const std::string body = read_frame(socket);
      Asked asked{body.substr(0, 4), body.size() > 12 ? body.substr(12) : "", body.at(7)};
      if (!asked.path.empty()) asked.path.resize(static_cast<unsigned char>(body.at(11)));
      const auto answer = answer_(asked);
      {
        const std::lock_guard lock(mutex_);
        asked_.push_back(asked);
      }
      if (!answer) return;
      write(socket, *answer);
    }
  } catch (const boost::system::system_error&) {  // the client has gone
  }
  static void write(tcp::socket& socket, const std::string& bytes) {
    net::asio::write(socket, net::asio::buffer(bytes));
  }
  static std::string read_frame(tcp::socket& socket) {
    unsigned char length[4];
    net::asio::read(socket, net::asio::buffer(length));
    std::string body(static_cast<std::size_t>(length[2]) << 8 | length[3], '\0');
    net::asio::read(socket, net::asio::buffer(body));
    return body;
  }

  AnswerTo answer_;
  std::string timeout_;
  net::asio::io_context io_;
  tcp::acceptor acceptor_{io_, {net::asio::ip::address_v4::loopback(), 0}};
  std::mutex mutex_;
  std::vector<Asked> asked_;
  std::vector<std::thread> serving_;
  std::thread accepting_;
};

Traffic traffic(unsigned connections, bool writes) {
  return {.connections = connections,
          .writes = writes,
          .length = milliseconds(100),
          .keys = 5,
          .value_bytes = 8};
}

std::size_t counted(const LoadResult& result) {
  return static_cast<std::size_t>(std::lround(result.per_s * 0.1));
}

std::string what_is_thrown(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing";
}

TEST_CASE("puts: every answer in time counts, over all keys, and sessions are closed") {
  StandIn server(3, [](const Asked& asked) { return well_done(asked, 8); });
  const LoadResult result = run_load(server.port(), traffic(3, true));
  server.wait();
  CHECK(result.errors == 0);
  CHECK(result.p50_ms > 0);
  CHECK(result.p50_ms < 100);
  // At the end each connection may have had one under way.
  CHECK(server.asked(set_data) >= counted(result));
  CHECK(server.asked(set_data) <= counted(result) + 3);
  CHECK(server.paths(set_data).size() == 5);
  CHECK(server.asked(close_session) == 3);
  CHECK(server.asked(sync) + server.asked(get_data) == 0);
}

TEST_CASE("gets: a sync and the getData behind it are one operation") {
  StandIn server(2, [](const Asked& asked) { return well_done(asked, 8); });
  const LoadResult result = run_load(server.port(), traffic(2, false));
  server.wait();
  CHECK(result.errors == 0);
  CHECK(server.asked(sync) == server.asked(get_data));
  CHECK(server.asked(get_data) >= counted(result));
  CHECK(server.asked(get_data) <= counted(result) + 2);
  CHECK(server.paths(sync) == server.paths(get_data));
  CHECK(server.asked(set_data) == 0);
}

TEST_CASE("answers that say no, and values of another size, are counted as errors") {
  for (const bool writes : {true, false}) {
    CAPTURE(writes);
    StandIn server(1, [](const Asked& asked) {
      if (asked.type != set_data) return well_done(asked, 7);
      return framed(asked.xid + std::string(8, '\0') + "\xff\xff\xff\x9b"s);
    });
    const LoadResult result = run_load(server.port(), traffic(1, writes));
    server.wait();
    CHECK(counted(result) > 0);
    CHECK(result.errors == counted(result));
    CHECK(server.asked(close_session) == 1);
  }
}

TEST_CASE("a connection that breaks is an error, and the others go on") {
  std::atomic<int> sets = 0;
  StandIn server(2, [&](const Asked& asked) -> std::optional<std::string> {
    if (asked.type == set_data && ++sets == 1) return std::nullopt;
    return well_done(asked, 8);
  });
  const LoadResult result = run_load(server.port(), traffic(2, true));
  server.wait();
  CHECK(result.errors == 1);
  CHECK(server.asked(close_session) == 1);
}

TEST_CASE("an answer that is kept back is fetched with a ping") {
  std::string kept;
  StandIn server(1, [&](const Asked& asked) -> std::string {
    if (asked.type == ping) return std::exchange(kept, "") + well_done(asked, 0);
    if (asked.type != get_data) return well_done(asked, 8);
    kept = well_done(asked, 8);
    return "";
  });
  const LoadResult result = run_load(
      server.port(),
      {.connections = 1, .writes = false, .length = seconds(1), .keys = 5, .value_bytes = 8});
  server.wait();
  CHECK(result.errors == 0);
  CHECK(result.per_s >= 1);
  CHECK(server.asked(ping) >= server.asked(get_data));
  CHECK(server.asked(close_session) == 1);
}

TEST_CASE("an answer to another request ends the session") {
  StandIn server(1, [](const Asked& asked) {
    return well_done({"\0\0\0\x63"s, asked.path, asked.type}, 8);
  });
  CHECK(what_is_thrown([&] { (void)run_load(server.port(), traffic(1, true)); }) ==
        "ZooKeeper answered nothing: an answer to nothing that was asked");
}

TEST_CASE("a server that gives no session is told of") {
  StandIn server(
      1, [](const Asked& asked) { return well_done(asked, 8); }, "\0\0\0\0"s);
  CHECK(what_is_thrown([&] { (void)run_load(server.port(), traffic(1, true)); }) ==
        "ZooKeeper opened 0 of 1 sessions: the server refuses a session");
}

TEST_CASE("every key is created once") {
  StandIn server(1, [](const Asked& asked) { return well_done(asked, 8); });
  create_keys(server.port(), 3, 8);
  server.wait();
  CHECK(server.asked(create) == 3);
  CHECK(server.paths(create) == std::set<std::string>{"/key-0", "/key-1", "/key-2"});
  CHECK(server.asked(close_session) == 1);
}

TEST_CASE("a key that cannot be created is told of") {
  StandIn server(1, [](const Asked& asked) {
    return framed(asked.xid + std::string(8, '\0') + "\xff\xff\xff\x92"s);
  });
  CHECK(what_is_thrown([&] { create_keys(server.port(), 3, 8); }) ==
        "ZooKeeper has not created all of 3 znodes: error -110");
}

}  // namespace
}  // namespace lockstep::processes::zookeeper
