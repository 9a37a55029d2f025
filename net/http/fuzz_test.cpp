// Mutated requests end in an answer or a close. LOCKSTEP_FUZZ_FRAMES says how many are tried.
#include <doctest/doctest.h>

#include <array>
#include <cstdlib>

#include "core/base/random.hpp"
#include "net/http/request_parser.hpp"
#include "net/http/server_for_tests.hpp"

namespace lockstep::net::testing {
namespace {

constexpr std::array<std::string_view, 7> seeds = {
    "GET /v1/kv/a%20b?prev=x&absent HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n",
    "PUT /v1/kv/k HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nvalue",
    "POST /v1/kv:batch HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    "4;a=b\r\nabcd\r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: t\r\n\r\n",
    "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "HEAD http://h:1/x?y=%41 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "PUT /k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
    "GET /s HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"};
constexpr std::array<std::string_view, 16> words = {"\r\n",
                                                    "\r\n\r\n",
                                                    "\n",
                                                    "\r",
                                                    "Content-Length: 99999999999999999999\r\n",
                                                    "Transfer-Encoding: chunked\r\n",
                                                    "ffffffffffffffff\r\n",
                                                    "0\r\n\r\n",
                                                    " ",
                                                    ":",
                                                    "%",
                                                    ";=\"",
                                                    "HTTP/1.1",
                                                    "Connection: ,,close\r\n",
                                                    "\t folded\r\n",
                                                    "Host: h\r\n"};

std::string mutated(Random& random) {
  std::string text(random.pick(seeds));
  for (std::uint64_t changes = random.below(6); changes > 0; --changes) {
    const std::size_t at = random.below(text.size() + 1);
    switch (random.below(6)) {
      case 0: text.insert(at, random.pick(words)); break;
      case 1: text.erase(at, random.below(12)); break;
      case 2: text.resize(at); break;
      case 3: text.insert(at, random.pick(seeds)); break;
      case 4:
        text.insert(at, std::string(random.below(9000), static_cast<char>(random.next())));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random.next());
    }
  }
  return text;
}

std::uint64_t frames(std::uint64_t by_default) {
  const char* text = std::getenv("LOCKSTEP_FUZZ_FRAMES");
  return text == nullptr ? by_default : std::strtoull(text, nullptr, 10);
}

// The whole text at once, or in pieces; each in memory of its own size, so that a sanitizer sees a
// byte read too many.
struct Parsed {
  std::unique_ptr<RequestParser> parser = std::make_unique<RequestParser>(HttpOptions{});
  std::size_t used = 0;
};
Parsed parse(const std::string& text, Random* cuts) {
  Parsed parsed;
  std::size_t seen = 0;
  while (seen < text.size() && parsed.parser->refusal().status == 0 && !parsed.parser->complete()) {
    seen = cuts == nullptr ? text.size() : seen + 1 + cuts->below(text.size() - seen);
    const std::vector<char> exact(text.begin() + static_cast<std::ptrdiff_t>(parsed.used),
                                  text.begin() + static_cast<std::ptrdiff_t>(seen));
    parsed.used += parsed.parser->put({exact.data(), exact.size()});
  }
  return parsed;
}

TEST_CASE("a mutated request is parsed alike, whole or in pieces") {
  Random random(7);
  std::uint64_t complete = 0;
  const std::uint64_t count = frames(20'000);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string text = mutated(random);
    const auto whole = parse(text, nullptr);
    const auto pieces = parse(text, &random);
    CAPTURE(text);
    REQUIRE(whole.parser->complete() == pieces.parser->complete());
    if (!whole.parser->complete()) continue;
    ++complete;
    REQUIRE(whole.used == pieces.used);
    REQUIRE(whole.parser->request().path == pieces.parser->request().path);
    REQUIRE(whole.parser->request().headers == pieces.parser->request().headers);
    REQUIRE(whole.parser->request().body == pieces.parser->request().body);
  }
  CHECK(complete > count / 10);
  CHECK(complete < count);
}

TEST_CASE("a mutated request ends in an answer or a close") {
  TestServer server;
  server.on_io([&] {
    server.server->on_stream([](const HttpRequest&) { return true; },
                             [](const HttpRequest&, const std::shared_ptr<HttpStream>&) {});
  });
  Random random(8);
  const std::uint64_t count = frames(3'000);
  // Many at a time, since each wait for the other thread costs more than a request.
  constexpr std::uint64_t at_once = 50;
  std::uint64_t answered = 0;
  for (std::uint64_t i = 0; i < count; i += at_once) {
    std::vector<std::pair<std::unique_ptr<RawClient>, std::string>> clients;
    for (std::uint64_t k = 0; k < at_once; ++k) {
      clients.emplace_back(std::make_unique<RawClient>(server.port), mutated(random));
      auto& [client, text] = clients.back();
      client->say(text);
      client->end();
    }
    for (const auto& [client, text] : clients) {
      CAPTURE(text);
      REQUIRE(client->closes());
      if (client->said().empty()) continue;
      ++answered;
      REQUIRE(client->said().starts_with("HTTP/1.1 "));
    }
  }
  CHECK(answered > count / 2);
  CHECK(eventually([&] { return server.counters().open == 0; }));
}

}  // namespace
}  // namespace lockstep::net::testing
