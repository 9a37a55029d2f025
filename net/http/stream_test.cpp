#include <doctest/doctest.h>

#include "net/http/server_for_tests.hpp"

namespace lockstep::net::testing {
namespace {

constexpr std::string_view handshake =
    " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

struct StreamServer : TestServer {
  explicit StreamServer(const HttpOptions& options = {}) : TestServer(options) {
    on_io([this] {
      server->on_stream([](const HttpRequest& request) { return request.path == "/stream"; },
                        [this](const HttpRequest&, std::shared_ptr<HttpStream> stream) {
                          streams.push_back(std::move(stream));
                        });
    });
  }
  ~StreamServer() {
    on_io([this] { streams.clear(); });
  }
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;
  bool opened(std::size_t count) {
    return eventually([&] { return on_io([&] { return streams.size(); }) == count; });
  }
  bool open() {
    return on_io([this] { return streams.at(0)->open(); });
  }
  std::vector<std::shared_ptr<HttpStream>> streams;
};

// The payload of the next frame, which is shorter than 126 bytes and whole; its first byte in
// `kind`.
std::string frame(RawClient& client, unsigned char& kind) {
  while (client.said().size() < 2 ||
         client.said().size() < 2 + static_cast<std::size_t>(client.said()[1])) {
    if (!client.more()) return "";
  }
  const std::string head = client.take(2);
  kind = static_cast<unsigned char>(head[0]);
  return client.take(static_cast<std::size_t>(head[1]));
}

constexpr unsigned char text_frame = 0x81;
constexpr unsigned char close_frame = 0x88;

Answered open(RawClient& client) { return client.ask("GET /stream" + std::string(handshake)); }

TEST_CASE("messages arrive on a WebSocket in their order") {
  StreamServer server;
  RawClient client(server.port);
  CHECK(client.get("/a").status == 200);
  const auto answer = open(client);
  CHECK(answer.status == 101);
  CHECK(answer.head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
  REQUIRE(server.opened(1));
  client.say({"\x81\x85\0\0\0\0hello", 11});  // is read and dropped
  server.on_io([&] {
    for (int i = 0; i < 100; ++i) server.streams[0]->send("message " + std::to_string(i));
  });
  for (int i = 0; i < 100; ++i) {
    unsigned char kind = 0;
    CHECK(frame(client, kind) == "message " + std::to_string(i));
    CHECK(kind == text_frame);
  }
  CHECK(server.open());
  client.end();
  CHECK(eventually([&] { return !server.open(); }));
  CHECK(client.closes());
  server.on_io([&] { server.streams[0]->send("to nobody"); });
}

TEST_CASE("a WebSocket that is not granted is an ordinary request") {
  StreamServer server;
  RawClient client(server.port);
  CHECK(client.ask("GET /other" + std::string(handshake)).body == "GET /other");
  CHECK(client.get("/a").status == 200);
  CHECK(open(client).status == 101);
  CHECK(server.opened(1));
}

TEST_CASE("a bad handshake or a bad frame closes that connection only") {
  StreamServer server;
  RawClient bad(server.port);
  CHECK(bad.ask("GET /stream HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 99\r\n\r\n")
            .status >= 400);
  CHECK(bad.closes());
  RawClient good(server.port);
  RawClient rubbish(server.port);
  CHECK(open(good).status == 101);
  CHECK(open(rubbish).status == 101);
  REQUIRE(server.opened(2));
  rubbish.say(std::string(200, '\xff'));
  CHECK(rubbish.closes());
  CHECK(server.open());
}

TEST_CASE("a WebSocket whose client does not read is closed") {
  StreamServer server;
  RawClient client(server.port);
  CHECK(open(client).status == 101);
  REQUIRE(server.opened(1));
  const std::string text(10'000, 'x');
  std::size_t sent = 0;
  CHECK(eventually([&] {
    server.on_io([&] { server.streams[0]->send(text); });
    sent += text.size();
    return !server.open();
  }));
  CHECK(sent > HttpStream::largest_backlog);
  CHECK(server.counters().open == 0);
}

TEST_CASE("draining closes a WebSocket with what was sent to it") {
  StreamServer server;
  RawClient client(server.port);
  CHECK(open(client).status == 101);
  REQUIRE(server.opened(1));
  std::atomic<bool> done = false;
  server.on_io([&] {
    server.streams[0]->send("last");
    server.server->drain([&] { done = true; });
  });
  unsigned char kind = 0;
  CHECK(frame(client, kind) == "last");
  frame(client, kind);
  CHECK(kind == close_frame);
  client.say({"\x88\x80\0\0\0\0", 6});
  CHECK(client.closes());
  // This one leaves its own side open, and is not waited for long.
  CHECK(eventually([&] { return done.load(); }, 5s));
}

TEST_CASE("draining does not wait for a client that leaves a close unanswered") {
  StreamServer server;
  RawClient client(server.port);
  CHECK(open(client).status == 101);
  REQUIRE(server.opened(1));
  std::atomic<bool> done = false;
  server.on_io([&] { server.server->drain([&] { done = true; }); });
  CHECK(eventually([&] { return done.load(); }, 5s));
  CHECK(client.closes());
}

TEST_CASE("the end of the server closes its WebSockets") {
  StreamServer server;
  RawClient client(server.port);
  CHECK(open(client).status == 101);
  REQUIRE(server.opened(1));
  server.on_io([&] { server.server.reset(); });
  CHECK(client.closes());
  CHECK_FALSE(server.open());
}

}  // namespace
}  // namespace lockstep::net::testing
