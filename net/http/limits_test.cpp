#include <doctest/doctest.h>
#include <sys/resource.h>

#include <fstream>

#include "net/http/server_for_tests.hpp"

namespace lockstep::net::testing {
namespace {

std::size_t resident_bytes() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * 4096;
}

// With a sanitizer the memory is not that of the server.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t allowance = std::size_t{1} << 40;
#else
constexpr std::size_t allowance = std::size_t{20} << 20;
#endif

TEST_CASE("what is no proper request is answered with the status that says so, and closed") {
  TestServer server;
  const std::string host = " HTTP/1.1\r\nHost: h\r\n";
  const std::string big(9 * 1024, 'x');
  struct Row {
    unsigned status;
    std::string bytes;
  };
  const std::vector<Row> rows = {
      {400, "rubbish\r\n\r\n"},
      {400, std::string("\0\1\2\3\r\n\r\n", 8)},
      {400, "GET / HTTP\r\n\r\n"},
      {400, "GET /%zz" + host + "\r\n"},
      {400, "GET /?a=%4" + host + "\r\n"},
      {400, "GET a" + host + "\r\n"},
      {400, "get /" + host + "\r\n"},
      {400, "GET / HTTP/1.1\r\n\r\n"},
      {400, "GET /" + host + "Host: i\r\n\r\n"},
      {400, "GET /" + host + "no colon\r\n\r\n"},
      {400, "GET /" + host + "Content-Length: x\r\n\r\n"},
      {400, "GET /" + host + "Content-Length: -1\r\n\r\n"},
      {400, "GET /" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
      {400, "GET /" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {400, "GET /" + host + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n"},
      {400, "GET /" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"},
      {400, "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {413, "PUT /" + host + "Content-Length: 1073741824\r\n\r\n"},
      {413, "PUT /" + host + "Content-Length: 18446744073709551615\r\n\r\n"},
      {413, "PUT /" + host + "Transfer-Encoding: chunked\r\n\r\n40000000\r\n"},
      {414, "GET /" + big + host + "\r\n"},
      {414, "GET /" + big},
      {417, "PUT /" + host + "Expect: rain\r\nContent-Length: 1\r\n\r\n"},
      {431, "GET /" + host + "A: " + big + "\r\n\r\n"},
      {431, "GET /" + host + "A: " + big},
      {431, std::string(9 * 1024, '\n')},
      {501, "PUT /" + host + "Transfer-Encoding: gzip\r\n\r\n"},
      {501, "PUT /" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n"},
      {505, "GET / HTTP/2.0\r\n\r\n"},
      {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
  };
  RawClient bystander(server.port);
  for (const auto& row : rows) {
    CAPTURE(row.bytes.substr(0, 80));
    RawClient client(server.port);
    const auto answer = client.ask(row.bytes);
    CHECK(answer.status == row.status);
    CHECK(answer.head.find("Connection: close\r\n") != std::string::npos);
    CHECK(answer.body.find(R"({"outcome":"refused","reason":")") == 0);
    CHECK(client.closes());
    CHECK(bystander.get("/a").status == 200);
  }
  CHECK(server.counters().malformed == rows.size());
}

TEST_CASE("a request in pieces meets the same limits") {
  TestServer server;
  RawClient client(server.port);
  // Whole fields, each on its own: a parser that counts what is left of the headers takes them all.
  client.say("GET / HTTP/1.1\r\nHost: h\r\n");
  for (int i = 0; i < 2000 && client.say("A: b\r\n"); ++i) std::this_thread::yield();
  CHECK(client.hear().status == 431);

  RawClient good(server.port);
  const std::string text = "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
  for (const char byte : text) good.say({&byte, 1});
  CHECK(good.hear().body == "PUT /a\nabc");
}

TEST_CASE("an endless body is refused, and costs no memory") {
  TestServer server;
  const std::size_t before = resident_bytes();
  RawClient chunked(server.port);
  chunked.say("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
  for (int i = 0; i < 1000 && chunked.say(chunk); ++i) {
  }
  CHECK(chunked.hear().status == 413);

  RawClient long_lines(server.port);
  long_lines.say("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;a=");
  for (int i = 0; i < 20; ++i) long_lines.say(std::string(0x2000, 'x'));
  CHECK(long_lines.hear().status == 400);

  RawClient big(server.port);
  CHECK(big.ask("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1073741824\r\n\r\n").status == 413);
  for (int i = 0; i < 1000 && big.say(chunk); ++i) {
  }
  CHECK(resident_bytes() < before + allowance);
}

TEST_CASE("slow clients are answered 408, and nobody waits for them") {
  TestServer server(quick_options());
  RawClient idle(server.port);
  RawClient slow_headers(server.port);
  RawClient slow_body(server.port);
  slow_body.say("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
  RawClient other(server.port);
  const std::string text = "GET /" + std::string(10'000, 'x');
  const auto begin = std::chrono::steady_clock::now();
  for (const char byte : text) {
    slow_headers.say({&byte, 1});
    slow_body.say("x");
    CHECK(other.get("/a").status == 200);
    std::this_thread::sleep_for(10ms);
    if (server.counters().timed_out == 2) break;
    REQUIRE(std::chrono::steady_clock::now() - begin < 8s);
  }
  CHECK(slow_headers.hear().status == 408);
  CHECK(slow_body.hear().status == 408);
  CHECK(slow_headers.closes());
  CHECK(idle.closes());
  CHECK(idle.said().empty());
}

TEST_CASE("a client that does not read its answer is closed") {
  TestServer server(quick_options());
  RawClient client(server.port);
  client.say("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(eventually([&] { return server.counters().requests == 1; }));
  CHECK(eventually([&] { return server.counters().open == 0; }));
  CHECK(server.counters().timed_out == 1);
}

TEST_CASE("two thousand idle connections are cheap and harm nobody") {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlim_t before_limit = limit.rlim_cur;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 8192);
  if (limit.rlim_cur < 4500 || ::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    MESSAGE("skipped: the limit of open files cannot be raised to 4500");
    return;
  }
  {
    TestServer server;
    asio::io_context io;
    std::vector<std::unique_ptr<asio::ip::tcp::socket>> idle;
    const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), server.port);
    idle.reserve(2000);
    const std::size_t before = resident_bytes();
    for (int i = 0; i < 2000; ++i) {
      idle.push_back(std::make_unique<asio::ip::tcp::socket>(io));
      idle.back()->connect(endpoint);
    }
    REQUIRE(eventually([&] { return server.counters().open == 2000; }));
    CHECK(resident_bytes() < before + allowance);
    RawClient client(server.port);
    for (int i = 0; i < 100; ++i) CHECK(client.get("/a").status == 200);
  }
  limit.rlim_cur = before_limit;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

TEST_CASE("without a file descriptor left the server waits, and says so once a second") {
  TestServer server;
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  asio::io_context io;
  asio::ip::tcp::socket client(io, asio::ip::tcp::v4());
  auto low = limit;
  low.rlim_cur = static_cast<rlim_t>(client.native_handle()) + 1;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  client.connect({asio::ip::address_v4::loopback(), server.port});
  CHECK(eventually([&] { return server.log.errors == 1; }));
  std::this_thread::sleep_for(400ms);
  CHECK(server.log.errors == 1);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(eventually([&] { return server.counters().open == 1; }));
}

}  // namespace
}  // namespace lockstep::net::testing
