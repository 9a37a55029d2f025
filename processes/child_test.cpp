#include "processes/child.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>

#include "processes/clock.hpp"
#include "processes/logs.hpp"
#include "processes/ports.hpp"

namespace lockstep::processes {
namespace {

bool within(int seconds, const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < end) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return holds();
}

struct File {
  std::string path =
      (std::filesystem::temp_directory_path() / ("child-test-" + std::to_string(getpid()) + ".txt"))
          .string();
  ~File() { std::filesystem::remove(path); }
};

Program shell(const File& file, const std::string& script) {
  return {"/bin/sh", {"-c", script}, {{"WORD", "hello"}}, file.path};
}

TEST_CASE("a child gets its words and its environment alone, and its end is told") {
  const File file;
  Child child(shell(file, "echo \"$WORD$HOME\"; exit 3"));
  CHECK(within(10, [&] { return child.ended().has_value(); }));
  CHECK(child.ended() == "exit code 3");
  CHECK(last_line(file.path) == "hello");
}

TEST_CASE("a paused child is killed all the same, and then it is gone") {
  const File file;
  Child child(shell(file, "exec sleep 600"));
  CHECK_FALSE(child.ended().has_value());
  child.send(SIGSTOP);
  child.kill();
  CHECK(child.ended() == "signal 9");
  CHECK(::kill(child.id(), 0) != 0);
}

TEST_CASE("a child ends with the process that started it") {
  const File file;
  const pid_t parent = fork();
  if (parent == 0) {
    const Child child(shell(file, "echo $$; exec sleep 600"));
    if (!within(10, [&] { return !last_line(file.path).empty(); })) _exit(1);
    ::kill(getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(parent, &status, 0) == parent);
  REQUIRE(WIFSIGNALED(status));
  const auto id = static_cast<pid_t>(std::stol(last_line(file.path)));
  // It may wait to be collected by process 1.
  CHECK(within(10, [&] {
    std::ifstream stat("/proc/" + std::to_string(id) + "/stat");
    std::string text;
    std::getline(stat, text);
    return text.empty() || text.find(") Z ") != std::string::npos;
  }));
}

TEST_CASE("a program that is not there is an error that names it") {
  const File file;
  CHECK_THROWS_WITH_AS(Child({"/nowhere/lockstepd", {}, {}, file.path}),
                       doctest::Contains("/nowhere/lockstepd: cannot be run"), std::runtime_error);
}

TEST_CASE("a port is kept for the one who reuses it, and for nobody else") {
  namespace asio = net::asio;
  asio::io_context io;
  const Ports ports(2);
  CHECK(ports[0] != ports[1]);
  const asio::ip::tcp::endpoint place(asio::ip::address_v4::loopback(), ports[0]);
  for (int again = 0; again < 3; ++again) {
    asio::ip::tcp::acceptor acceptor(io);
    acceptor.open(asio::ip::tcp::v4());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(place);
    acceptor.listen();
    asio::ip::tcp::socket client(io);
    client.connect(place);
  }
  asio::ip::tcp::socket client(io);
  net::ErrorCode error;
  client.connect(place, error);
  CHECK(error == asio::error::connection_refused);
  asio::ip::tcp::acceptor stranger(io);
  stranger.open(asio::ip::tcp::v4());
  stranger.bind(place, error);
  CHECK(error == asio::error::address_in_use);
}

TEST_CASE("what a node calls an instant is read to the nanosecond; other texts are not") {
  net::asio::io_context io;
  const Clock clock(io);
  const auto first = clock.instant_of("2026-11-21T10:00:00.123Z");
  const auto second = clock.instant_of("2026-11-21T10:00:01.5Z");
  const auto third = clock.instant_of("2026-11-22T10:00:01Z");
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  REQUIRE(third.has_value());
  CHECK(*second - *first == milliseconds(1377));
  CHECK(*third - *second == seconds(86400) - milliseconds(500));
  for (const char* text : {"", "2026-11-21", "2026-11-21T10:00:00.123", "2026-13-21T10:00:00Z",
                           "2026-11-21T10:00:00.Z", "2026-11-21T10:00:0x.1Z"})
    CHECK_FALSE(clock.instant_of(text).has_value());
}

}  // namespace
}  // namespace lockstep::processes
