#include "net/http/target.hpp"

#include <doctest/doctest.h>

namespace lockstep::net {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("a target is taken apart before it is decoded") {
  const auto target = decode_target("/v1/kv/a%2Fb%3f?prev=x%26y&absent&&n=1=2&s=a+b%2B");
  REQUIRE(target);
  CHECK(target->path == "/v1/kv/a/b?");
  CHECK(target->query == Query{{"prev", "x&y"}, {"absent", ""}, {"n", "1=2"}, {"s", "a b+"}});
}

TEST_CASE("the address of a server before the path is skipped") {
  CHECK(decode_target("http://node:7000/livez?x")->path == "/livez");
  CHECK(decode_target("http://node:7000")->path == "/");
  CHECK(decode_target("http://node:7000?x=1")->query == Query{{"x", "1"}});
  CHECK(decode_target("*")->path == "*");
}

TEST_CASE("what a proxy is sent has an address before it, what a server is sent has none") {
  CHECK(origin_form("/v1/kv/a%2Fb?x") == "/v1/kv/a%2Fb?x");
  CHECK(origin_form("http://node:7000/v1/kv/a%2Fb?x") == "/v1/kv/a%2Fb?x");
  CHECK(origin_form("http://[::1]:7000/a") == "/a");
  CHECK(origin_form("http://node?x=/") == "/?x=/");
  CHECK(origin_form("http://node") == "/");
  CHECK(origin_form("*") == "*");
}

TEST_CASE("every byte can be in a path") {
  const auto target = decode_target("/%00%ff+");
  REQUIRE(target);
  CHECK(target->path == std::string("/\0\xff+", 4));
}

TEST_CASE("what is no target is refused") {
  for (const char* text : {"", "a", "node:7000", "%2Fa", "/%", "/%4", "/%4g", "/%g4", "/a?b=%",
                           "/a?%zz", "/a#b", "ftp://a/b", "**"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_target(text));
  }
}

TEST_CASE("what is encoded is decoded to the same") {
  const std::string text = "a b+c/\xC3\xB1?&=%~";
  CHECK(percent_encoded("a b/~") == "a%20b%2F~");
  const auto target = decode_target("/" + percent_encoded(text) + "?q=" + percent_encoded(text));
  REQUIRE(target);
  CHECK(target->path == "/" + text);
  CHECK(target->query.at(0).second == text);
}

}  // namespace
}  // namespace lockstep::net
