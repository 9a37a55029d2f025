#include "net/http/client.hpp"

#include <doctest/doctest.h>

#include "net/http/server_for_tests.hpp"

namespace lockstep::net::testing {
namespace {

// Runs the client's own io until every call is answered.
struct Caller {
  explicit Caller(std::uint16_t port, const std::string& host = "127.0.0.1")
      : client(std::in_place, io, host, port) {}

  void start(HttpCall call, Duration timeout = seconds(10)) {
    const std::size_t place = results.size();
    results.emplace_back();
    client->call(std::move(call), timeout, [this, place](HttpResult result) {
      results[place] = std::move(result);
      order.push_back(place);
    });
  }
  void wait() {
    io.restart();
    io.run_for(20s);
  }
  HttpResult ask(HttpCall call, Duration timeout = seconds(10)) {
    start(std::move(call), timeout);
    wait();
    return results.back();
  }

  asio::io_context io{1};
  std::optional<HttpClient> client;
  std::vector<HttpResult> results;
  std::vector<std::size_t> order;
};

// Takes one connection after another: reads a request of each, says something, and closes.
class Script {
 public:
  explicit Script(std::vector<std::string> answers)
      : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}),
        port(acceptor_.local_endpoint().port()),
        thread_([this, said = std::move(answers)] {
          for (const auto& answer : said) {
            asio::ip::tcp::socket socket(io_);
            acceptor_.accept(socket);
            std::string request;
            ErrorCode error;
            asio::read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", error);
            asio::write(socket, asio::buffer(answer), error);
            // The second request, where the first answer keeps the connection.
            if (answer.find("keep-alive") == std::string::npos) continue;
            request.clear();
            asio::read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", error);
          }
        }) {}
  ~Script() { thread_.join(); }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

 private:
  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_;

 public:
  const std::uint16_t port;

 private:
  std::thread thread_;
};

TEST_CASE("calls share a few kept-alive connections") {
  TestServer server;
  Caller caller(server.port);
  for (int i = 0; i < 100; ++i) caller.start({.target = "/later?n=" + std::to_string(i)});
  caller.wait();
  for (std::size_t i = 0; i < 100; ++i) {
    CHECK(caller.results[i].status == 200);
    CHECK(caller.results[i].body == "GET /later n=" + std::to_string(i));
  }
  CHECK(server.counters().accepted == 8);
  const auto result =
      caller.ask({.method = "PUT", .target = "/k", .headers = {{"X", "y"}}, .body = "value"});
  CHECK(result.body == "PUT /k\nvalue");
  REQUIRE(result.header("content-type") != nullptr);
  CHECK(*result.header("content-type") == "text/plain");
  CHECK(caller.ask({.method = "HEAD", .target = "/k"}).body.empty());
  CHECK(caller.ask({.target = "/big"}).body.size() == std::size_t{32} << 20);
  CHECK(server.counters().accepted == 8);
}

TEST_CASE("a server is found by name") {
  TestServer server;
  Caller caller(server.port, "localhost");
  CHECK(caller.ask({}).status == 200);
  Caller nobody(server.port, "no-such-host.invalid");
  CHECK(nobody.ask({}).error.find("cannot find no-such-host.invalid") == 0);
}

TEST_CASE("a call that is not answered in time says so, and its connection is not used again") {
  TestServer server;
  Caller caller(server.port);
  const auto result = caller.ask({.target = "/hold"}, milliseconds(50));
  CHECK(result.status == 0);
  CHECK(result.error ==
        "no answer from 127.0.0.1:" + std::to_string(server.port) + " within 50 ms");
  CHECK(caller.ask({.target = "/a"}).body == "GET /a");
  CHECK(server.counters().accepted == 2);
}

TEST_CASE("calls that wait for a connection time out as well") {
  TestServer server;
  Caller caller(server.port);
  for (int i = 0; i < 20; ++i) caller.start({.target = "/hold"}, milliseconds(50));
  caller.wait();
  CHECK(caller.order.size() == 20);
  CHECK(caller.ask({.target = "/a"}).status == 200);
}

TEST_CASE("nobody listens") {
  std::uint16_t port = 0;
  {
    TestServer server;
    port = server.port;
  }
  Caller caller(port);
  const auto result = caller.ask({});
  CHECK(result.status == 0);
  CHECK(result.error.find("cannot connect to 127.0.0.1:") == 0);
}

TEST_CASE("a connection that the server closed while it was idle is replaced") {
  TestServer server(quick_options());
  Caller caller(server.port);
  CHECK(caller.ask({.target = "/a"}).status == 200);
  REQUIRE(eventually([&] { return server.counters().open == 0; }));
  CHECK(caller.ask({.method = "PUT", .target = "/b"}).status == 200);
  CHECK(server.counters().requests == 2);
}

TEST_CASE("a request that was sent is sent again only if asking twice changes nothing") {
  const std::string kept =
      "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na";
  const std::string last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nb";
  {
    Script script({kept, last});
    Caller caller(script.port);
    CHECK(caller.ask({}).body == "a");
    CHECK(caller.ask({}).body == "b");
  }
  {
    Script script({kept});
    Caller caller(script.port);
    CHECK(caller.ask({}).body == "a");
    const auto result = caller.ask({.method = "PUT", .target = "/k", .body = "v"});
    CHECK(result.status == 0);
    CHECK(result.error.find("closed the connection before it answered") != std::string::npos);
  }
}

TEST_CASE("all forms of an answer are read") {
  Script script({"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n\r\nto the end",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                 "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
                 "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "rubbish\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 67108865\r\n\r\n", ""});
  Caller caller(script.port);
  CHECK(caller.ask({}).body == "to the end");
  CHECK(caller.ask({}).body == "abcde");
  CHECK(caller.ask({}).status == 204);
  CHECK(caller.ask({}).error.find("broke off its answer") != std::string::npos);
  CHECK(caller.ask({}).error.find("is refused") != std::string::npos);
  CHECK(caller.ask({}).error.find("body limit") != std::string::npos);
  CHECK(caller.ask({}).error.find("before it answered") != std::string::npos);
}

TEST_CASE("a large body that is refused early is answered") {
  TestServer server;
  Caller caller(server.port);
  const auto result =
      caller.ask({.method = "PUT", .target = "/", .body = std::string(std::size_t{4} << 20, 'x')});
  CHECK(result.status == 413);
  CHECK(caller.ask({.target = "/a"}).status == 200);
}

TEST_CASE("a line break does not become a second request") {
  TestServer server;
  Caller caller(server.port);
  CHECK(caller.ask({.target = "/a HTTP/1.1\r\n\r\n"}).status == 0);
  CHECK(caller.ask({.headers = {{"a", "b\r\nc: d"}}}).status == 0);
  CHECK(server.counters().accepted == 0);
}

TEST_CASE("a client may end with calls open, and within an answer") {
  TestServer server;
  Caller caller(server.port);
  for (int i = 0; i < 20; ++i) caller.start({.target = "/hold"});
  caller.io.run_for(20ms);
  caller.client.reset();
  caller.wait();
  CHECK(caller.order.empty());

  Caller other(server.port);
  bool answered = false;
  other.client->call({.target = "/a"}, seconds(10), [&](const HttpResult& result) {
    answered = result.status == 200;
    other.client.reset();
  });
  other.wait();
  CHECK(answered);
}

}  // namespace
}  // namespace lockstep::net::testing
