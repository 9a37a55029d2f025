#include "node/config/async_log.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "node/config/log_line.hpp"

namespace lockstep::node {
namespace {

using net::Level;
using nlohmann::json;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

class Pipe {
 public:
  Pipe() { REQUIRE(::pipe2(ends_, O_CLOEXEC) == 0); }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  [[nodiscard]] int writer() const { return ends_[1]; }
  void close_reader() { close(ends_[0]); }
  void close_writer() { close(ends_[1]); }

  // What comes until `text` has come, or everything up to the end; at most for five seconds.
  std::string read_until(std::string_view text) {
    std::string all;
    const auto deadline = Clock::now() + 5s;
    while (Clock::now() < deadline && (text.empty() || all.find(text) == std::string::npos)) {
      pollfd wait{ends_[0], POLLIN, 0};
      if (::poll(&wait, 1, 50) == 0) continue;
      char block[4096];
      const ssize_t size = ::read(ends_[0], block, sizeof block);
      if (size <= 0) return all;
      all.append(block, static_cast<std::size_t>(size));
    }
    return all;
  }

 private:
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
  int ends_[2] = {-1, -1};
};

std::vector<json> parsed(const std::string& text) {
  std::vector<json> lines;
  std::size_t at = 0;
  for (std::size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    lines.push_back(json::parse(text.substr(at, end - at)));
  CHECK_MESSAGE(at == text.size(), "the last line ends");
  return lines;
}

AsyncLog::Options options() {
  AsyncLog::Options chosen;
  chosen.node = NodeId(3);
  return chosen;
}

LogRecord record(std::string message, std::vector<net::Field> fields = {}) {
  return {1'795'255'200'123, Level::info, NodeId(1), 4, std::move(message), std::move(fields)};
}

TEST_CASE("a record as JSON") {
  CHECK(to_json(record("started")) == R"({"time":"2026-11-21T10:00:00.123Z","level":"info",)"
                                      R"("node":1,"term":4,"message":"started"})");
  const json line = json::parse(to_json(record("a \"b\"\n\xFF", {{"n", 7},
                                                                 {"t", "x\x01y"},
                                                                 {"d", 0.5},
                                                                 {"bad", std::nan("")},
                                                                 {"id", NodeId(9)},
                                                                 {"time", milliseconds(150)}})));
  CHECK(line["message"] == "a \"b\"\n\xEF\xBF\xBD");
  CHECK(line["fields"].dump() ==
        R"({"bad":null,"d":0.5,"id":9,"n":7,"t":"x\u0001y","time":"150 ms"})");
}

TEST_CASE("a record as text obeys nobody") {
  CHECK(to_text(record("started", {{"port", 7000}, {"why", "no room"}, {"to", "a"}}), false) ==
        "10:00:00.123 info    n1 t4 started port=7000 why=\"no room\" to=a");
  CHECK(to_text(record("x"), true) == "10:00:00.123 \x1b[32minfo   \x1b[0m n1 t4 x");
  const std::string line = to_text(record("\x1b[2J\n\xC2\x9B"
                                          "1m\xFF",
                                          {{"k\n", "\x1b]0;"}}),
                                   false);
  CHECK(line == "10:00:00.123 info    n1 t4 \\x1b[2J\\x0a\\u009b1m\xEF\xBF\xBD k\\x0a=\\x1b]0;");
}

TEST_CASE("records arrive in order, with the term they were written in") {
  Pipe pipe;
  {
    AsyncLog log(pipe.writer(), options());
    log.debug("not this one");
    log.info("first");
    log.set_term(5);
    log.error("second", {{"k", "v"}});
  }
  pipe.close_writer();
  const auto lines = parsed(pipe.read_until(""));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["message"] == "first");
  CHECK(lines[0]["term"] == 0);
  CHECK(lines[0]["node"] == 3);
  CHECK(lines[1]["term"] == 5);
  CHECK(lines[1]["level"] == "error");
  CHECK(lines[1]["fields"]["k"] == "v");
}

TEST_CASE("a record is out without a further one, or the end, to push it") {
  Pipe pipe;
  AsyncLog log(pipe.writer(), options());
  log.info("alone");
  CHECK(pipe.read_until("\n").find("alone") != std::string::npos);
}

TEST_CASE("a pipe that nobody reads holds nobody up, and what it lost is told") {
  Pipe pipe;
  auto chosen = options();
  chosen.most_records = 100;
  std::string text;
  std::uint64_t lost = 0, written_after = 0;
  std::thread reader;
  {
    AsyncLog log(pipe.writer(), chosen);
    const std::string long_message(1000, 'x');
    const auto start = Clock::now();
    for (int i = 0; i < 20'000; ++i) log.info(long_message, {{"i", i}});
    CHECK(Clock::now() - start < 3s);
    CHECK(log.lost() > 0);
    reader = std::thread([&] { text = pipe.read_until(""); });
    // With a reader there is room again, soon.
    const auto deadline = Clock::now() + 5s;
    for (bool taken = false; !taken && Clock::now() < deadline; ++written_after) {
      std::this_thread::sleep_for(5ms);
      const std::uint64_t before = log.lost();
      log.info("after");
      taken = log.lost() == before;
    }
    lost = log.lost();
  }
  pipe.close_writer();
  reader.join();
  std::uint64_t written = 0, told = 0;
  bool after = false;
  for (const json& line : parsed(text)) {
    if (line["message"] == "log records were lost")
      told += line["fields"]["count"].get<std::uint64_t>();
    written += line["message"].get<std::string>().size() == 1000 ? 1u : 0u;
    if (line["message"] == "after") {
      after = true;
      ++written;
    }
  }
  CHECK(told == lost);
  CHECK(written + lost == 20'000 + written_after);
  CHECK(after);
}

TEST_CASE("memory is bounded by bytes as well") {
  Pipe pipe;
  auto chosen = options();
  chosen.most_bytes = 100'000;
  AsyncLog log(pipe.writer(), chosen);
  log.info(std::string(200'000, 'x'));
  CHECK(log.lost() == 1);
}

TEST_CASE("the end waits for a stuck pipe, but not for long") {
  Pipe pipe;
  const auto start = Clock::now();
  {
    AsyncLog log(pipe.writer(), options());
    for (int i = 0; i < 1000; ++i) log.info(std::string(1000, 'x'));
  }
  const auto took = Clock::now() - start;
  CHECK(took >= 900ms);
  CHECK(took < 3s);
}

TEST_CASE("a reader that went away is no SIGPIPE") {
  Pipe pipe;
  pipe.close_reader();
  AsyncLog log(pipe.writer(), options());
  const auto deadline = Clock::now() + 5s;
  while (log.lost() == 0 && Clock::now() < deadline) {
    log.info("to nobody");
    std::this_thread::sleep_for(1ms);
  }
  CHECK(log.lost() > 0);
}

TEST_CASE("a file that is none is an error at once") {
  CHECK_THROWS_AS(AsyncLog(-1, options()), std::system_error);
}

TEST_CASE("several threads write whole lines") {
  Pipe pipe;
  std::string text;
  std::thread reader([&] { text = pipe.read_until(""); });
  {
    AsyncLog log(pipe.writer(), options());
    std::vector<std::thread> writers;
    for (int t = 0; t < 4; ++t) {
      writers.emplace_back([&log, t] {
        for (int i = 0; i < 500; ++i) {
          log.set_term(static_cast<std::uint64_t>(i));
          log.info("line", {{"thread", t}, {"i", i}});
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
  }
  pipe.close_writer();
  reader.join();
  std::vector<int> next(4);
  for (const json& line : parsed(text)) {
    const auto thread = line["fields"]["thread"].get<std::size_t>();
    CHECK(line["fields"]["i"] == next[thread]++);
  }
  CHECK(next == std::vector<int>(4, 500));
}

TEST_CASE("an idle log takes no processor time") {
  Pipe pipe;
  AsyncLog log(pipe.writer(), options());
  log.info("started");
  (void)pipe.read_until("\n");
  const auto used = [] {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  const auto before = used();
  std::this_thread::sleep_for(300ms);
  CHECK(used() - before < 20ms);
}

}  // namespace
}  // namespace lockstep::node
