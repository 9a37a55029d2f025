#include "node/config/notify.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

namespace lockstep::node {
namespace {

// A service manager's end. The name is a path or, with '@', an abstract one.
class Manager {
 public:
  explicit Manager(std::string name) : name_(std::move(name)) {
    file_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name_.data(), name_.size());
    if (name_.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    REQUIRE(::bind(file_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    ::setenv("NOTIFY_SOCKET", name_.c_str(), 1);
  }
  ~Manager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(file_);
    if (name_.front() == '/') ::unlink(name_.c_str());
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  std::string heard() {
    char text[256];
    const ssize_t size = ::recv(file_, text, sizeof text, 0);
    return size < 0 ? "nothing" : std::string(text, static_cast<std::size_t>(size));
  }

 private:
  std::string name_;
  int file_;
};

std::string own_name(const std::string& start) {
  return start + "lockstep_notify_test_" + std::to_string(::getpid());
}

TEST_CASE("a service manager hears what it is told") {
  for (const std::string start : {"/tmp/", "@"}) {
    Manager manager(own_name(start));
    CHECK(tell_systemd("READY=1"));
    CHECK(tell_systemd("STATUS=leader of term 4"));
    CHECK(manager.heard() == "READY=1");
    CHECK(manager.heard() == "STATUS=leader of term 4");
    CHECK(manager.heard() == "nothing");
  }
}

TEST_CASE("without a service manager nothing happens") {
  ::unsetenv("NOTIFY_SOCKET");
  CHECK(tell_systemd("READY=1"));
}

TEST_CASE("a service manager that is not there, or does not read, holds nobody up") {
  ::setenv("NOTIFY_SOCKET", "/nowhere/socket", 1);
  CHECK_FALSE(tell_systemd("READY=1"));
  CHECK(errno == ENOENT);
  ::setenv("NOTIFY_SOCKET", "relative", 1);
  CHECK_FALSE(tell_systemd("READY=1"));
  ::setenv("NOTIFY_SOCKET", ("/" + std::string(200, 'x')).c_str(), 1);
  CHECK_FALSE(tell_systemd("READY=1"));

  Manager manager(own_name("@"));
  int sent = 0;
  while (sent < 100'000 && tell_systemd("STATUS=busy")) ++sent;
  CHECK(sent < 100'000);
  CHECK(manager.heard() == "STATUS=busy");
}

}  // namespace
}  // namespace lockstep::node
