#include <doctest/doctest.h>

#include "net/http/server_for_tests.hpp"

namespace lockstep::net::testing {
namespace {

TEST_CASE("one connection carries request after request") {
  TestServer server;
  RawClient client(server.port);
  CHECK(client.get("/a%20b?x=%31&y").body == "GET /a b x=1 y=");
  const auto put = client.ask("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nvalue");
  CHECK(put.status == 200);
  CHECK(put.body == "PUT /k\nvalue");
  CHECK(put.head.find("Connection:") == std::string::npos);
  const auto chunked = client.ask(
      "PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2;x=y\r\nva\r\n3\r\nlue\r\n0\r\nTrailer: t\r\n\r\n");
  CHECK(chunked.body == "PUT /k\nvalue");
  CHECK(client.ask("\r\n\r\nGET http://h/abs?q=1 HTTP/1.1\r\nHost: h\r\n\r\n").body ==
        "GET /abs q=1");
  CHECK(server.counters().accepted == 1);
  CHECK(server.counters().requests == 4);
}

TEST_CASE("pipelined requests are answered in their order, those answered late as well") {
  TestServer server;
  RawClient client(server.port);
  std::string all;
  for (int i = 0; i < 100; ++i) {
    all += "GET " + std::string(i % 7 == 3 ? "/later" : "/now") + "?n=" + std::to_string(i) +
           " HTTP/1.1\r\nHost: h\r\n\r\n";
  }
  REQUIRE(client.say(all));
  for (int i = 0; i < 100; ++i) {
    const std::string body = client.hear().body;
    CHECK(body.substr(body.find('=') + 1) == std::to_string(i));
  }
}

TEST_CASE("a body in pieces arrives whole, and the connection goes on") {
  TestServer server;
  RawClient client(server.port);
  const std::string all(std::size_t{32} << 20, 'x');
  CHECK((client.get("/pour").body == all));
  CHECK(client.get("/pour_nothing").body.empty());
  CHECK(client.get("/a").body == "GET /a");
  REQUIRE(client.say("GET /pour HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n"));
  CHECK((client.hear().body == all));
  CHECK(client.hear().body == "GET /b");
  client.say("HEAD /pour HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(client.hear(true).head.find("Content-Length: 33554432\r\n") != std::string::npos);
  const auto last = client.ask("GET /pour HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK((last.body == all));
  CHECK(client.closes());
}

TEST_CASE("a body that cannot be read on ends its connection, and no other") {
  TestServer server;
  RawClient client(server.port), other(server.port);
  CHECK(client.get("/break").status == 0);
  CHECK(other.get("/a").body == "GET /a");
}

TEST_CASE("a client that asks for it is closed after its answer") {
  TestServer server;
  RawClient client(server.port);
  const auto answer = client.ask("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK(answer.body == "GET /a");
  CHECK(answer.head.find("Connection: close\r\n") != std::string::npos);
  CHECK(client.closes());

  RawClient old(server.port);
  CHECK(old.ask("GET /a HTTP/1.0\r\n\r\n").status == 200);
  CHECK(old.closes());

  RawClient old_but_kept(server.port);
  const auto kept = old_but_kept.ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(kept.head.find("Connection: keep-alive\r\n") != std::string::npos);
  CHECK(old_but_kept.ask("GET /b HTTP/1.0\r\n\r\n").body == "GET /b");

  RawClient half(server.port);
  half.say("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  half.end();
  CHECK(half.hear().status == 200);
  CHECK(half.closes());
}

TEST_CASE("HEAD is answered with the length of the body and without it") {
  TestServer server;
  RawClient client(server.port);
  client.say("HEAD /abc HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto answer = client.hear(true);
  CHECK(answer.head.find("Content-Length: 9\r\n") != std::string::npos);
  CHECK(client.get("/a").body == "GET /a");
}

TEST_CASE("a client that expects it is told to continue before it sends its body") {
  TestServer server;
  RawClient client(server.port);
  client.say("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.hear().status == 100);
  CHECK(client.ask("ab").body == "PUT /k\nab");
}

TEST_CASE("a request that is dropped is answered 500, and one answer is enough") {
  TestServer server;
  RawClient client(server.port);
  CHECK(client.get("/drop").status == 500);
  client.say("GET /hold HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(eventually([&] { return server.on_io([&] { return server.held.size(); }) == 1; }));
  server.on_io([&] {
    const HttpAnswer answer = server.held[0];
    answer({.status = 404, .type = "text/plain", .body = "first", .headers = {{"A", "b\r\nC: d"}}});
    answer({.status = 200, .type = "text/plain", .body = "second", .headers = {}});
    server.held.clear();
  });
  const auto answer = client.hear();
  CHECK(answer.status == 404);
  CHECK(answer.body == "first");
  CHECK(answer.head.find("\r\nA: b  C: d\r\n") != std::string::npos);
  CHECK(client.hear().body == "GET /b");
}

TEST_CASE("an answer may outlive the connection, and the server") {
  TestServer server;
  std::vector<HttpAnswer> held;
  {
    RawClient client(server.port);
    client.say("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(eventually([&] { return server.on_io([&] { return server.held.size(); }) == 1; }));
  }
  server.on_io([&] { server.held[0]({}); });
  CHECK(eventually([&] { return server.counters().open == 0; }));
  RawClient other(server.port);
  other.say("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(eventually([&] { return server.on_io([&] { return server.held.size(); }) == 2; }));
  server.on_io([&] {
    server.server.reset();
    server.held[1]({});
    server.held.clear();
  });
  CHECK(other.closes());
  CHECK(other.said().empty());
}

TEST_CASE("draining answers what is under way and closes the rest") {
  TestServer server;
  RawClient idle(server.port);
  CHECK(idle.get("/a").status == 200);
  RawClient busy(server.port);
  busy.say("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
  RawClient half(server.port);
  half.say("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  CHECK(half.hear().status == 100);
  REQUIRE(eventually([&] { return server.on_io([&] { return server.held.size(); }) == 1; }));
  std::atomic<bool> done = false;
  server.on_io([&] { server.server->drain([&] { done = true; }); });
  CHECK(idle.closes());
  CHECK_THROWS(RawClient(server.port));
  CHECK(half.ask("abc").head.find("Connection: close\r\n") != std::string::npos);
  CHECK(half.closes());
  CHECK_FALSE(done);
  server.on_io([&] { server.held[0]({}); });
  CHECK(busy.hear().head.find("Connection: close\r\n") != std::string::npos);
  CHECK(busy.closes());
  busy.end();
  half.end();
  CHECK(eventually([&] { return done.load(); }));
}

TEST_CASE("draining a server without clients is done at once") {
  TestServer server;
  std::atomic<bool> done = false;
  server.on_io([&] { server.server->drain([&] { done = true; }); });
  CHECK(eventually([&] { return done.load(); }));
}

TEST_CASE("connections above the limit are turned away with 503") {
  HttpOptions options;
  options.connections = 2;
  TestServer server(options);
  RawClient a(server.port);
  RawClient b(server.port);
  CHECK(a.get("/a").status == 200);
  CHECK(b.get("/b").status == 200);
  RawClient c(server.port);
  const auto answer = c.get("/c");
  CHECK(answer.status == 503);
  CHECK(answer.head.find("Retry-After: 1\r\n") != std::string::npos);
  CHECK(c.closes());
  CHECK(a.get("/a").status == 200);
  CHECK(server.counters().refused == 1);
}

TEST_CASE("a server that cannot listen says where and why") {
  TestServer server;
  HttpOptions options;
  options.port = server.port;
  asio::io_context io;
  try {
    HttpServer second(
        io, options, [](HttpRequest&&, const HttpAnswer&) {}, server.log);
    FAIL("it listens");
  } catch (const std::runtime_error& error) {
    const std::string text = error.what();
    CHECK(text.find("127.0.0.1:" + std::to_string(server.port)) != std::string::npos);
    CHECK(text.find("in use") != std::string::npos);
  }
}

}  // namespace
}  // namespace lockstep::net::testing
