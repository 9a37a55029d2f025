#include "processes/bench/zookeeper/wire.hpp"

#include <doctest/doctest.h>

#include <string>

namespace lockstep::processes::zookeeper {
namespace {

using namespace std::string_literals;

TEST_CASE("requests are as zookeeper.jute says, byte for byte") {
  CHECK(connect_request(30'000) ==
        "\0\0\0\x2d"
        "\0\0\0\0"
        "\0\0\0\0\0\0\0\0"
        "\0\0\x75\x30"
        "\0\0\0\0\0\0\0\0"
        "\0\0\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
        "\0"s);
  CHECK(create_request(1, "/k", "vv") ==
        "\0\0\0\x33"
        "\0\0\0\x1\0\0\0\x1"
        "\0\0\0\x2/k"
        "\0\0\0\x2vv"
        "\0\0\0\x1\0\0\0\x1f\0\0\0\x5world\0\0\0\x6"
        "anyone"
        "\0\0\0\0"s);
  CHECK(set_data_request(0x01020304, "/k", "v") ==
        "\0\0\0\x17"
        "\x1\x2\x3\x4\0\0\0\x5"
        "\0\0\0\x2/k"
        "\0\0\0\x1v"
        "\xff\xff\xff\xff"s);
  CHECK(sync_request(2, "/k") == "\0\0\0\xe\0\0\0\x2\0\0\0\x9\0\0\0\x2/k"s);
  CHECK(get_data_request(3, "/k") == "\0\0\0\xf\0\0\0\x3\0\0\0\x4\0\0\0\x2/k\0"s);
  CHECK(ping_request() == "\0\0\0\x8\xff\xff\xff\xfe\0\0\0\xb"s);
  CHECK(close_request(4) == "\0\0\0\x8\0\0\0\x4\xff\xff\xff\xf5"s);
}

TEST_CASE("a frame is whole when its last byte is there") {
  const std::string frame =
      "\0\0\0\x3"
      "abc"s;
  for (std::size_t size = 0; size < frame.size(); ++size) {
    CAPTURE(size);
    CHECK(front_of(frame.substr(0, size)).state == Front::State::partial);
  }
  CHECK(front_of(frame).state == Front::State::whole);
  CHECK(front_of(frame).body == "abc");
  CHECK(front_of(frame + "rest").body == "abc");
  CHECK(front_of("\0\0\0\0"s).state == Front::State::whole);
}

TEST_CASE("a frame of an impossible length is refused before its bytes are waited for") {
  CHECK(front_of("\xff\xff\xff\xff"s).state == Front::State::refused);
  CHECK(front_of("\0\x10\0\x1"s).state == Front::State::refused);
  CHECK(front_of("\0\x10\0\0"s).state == Front::State::partial);
}

TEST_CASE("the first answer tells the session's time-out") {
  const std::string body = "\0\0\0\0\0\0\x75\x30\1\2\3\4\5\6\7\x8\0\0\0\2pw"s;
  CHECK(session_timeout_of(body) == 30'000);
  CHECK(session_timeout_of(body + "\0"s) == 30'000);  // and whether the server only reads
  CHECK_FALSE(session_timeout_of(body.substr(0, body.size() - 1)));
  CHECK_FALSE(session_timeout_of(""));
  std::string refused = body;
  refused[6] = refused[7] = 0;
  CHECK(session_timeout_of(refused) == 0);
}

TEST_CASE("an answer has its request's number and an error, which is negative") {
  const std::string bytes = "\0\0\0\7\0\0\0\1\0\0\0\2\xff\xff\xff\x9brest"s;
  const auto answer = answer_of(bytes);
  REQUIRE(answer);
  CHECK(answer->xid == 7);
  CHECK(answer->error == -101);
  CHECK(answer->rest == "rest");
  CHECK_FALSE(answer_of("\0\0\0\7\0\0\0\1\0\0\0\2\xff\xff\xff"s));
}

TEST_CASE("a value comes with its Stat, or is none") {
  const std::string stat(68, '\1');
  const auto data = [](const std::string& rest) { return data_of({1, 0, rest}); };
  CHECK(data("\0\0\0\3abc"s + stat) == "abc");
  CHECK(data("\0\0\0\0"s + stat) == "");
  CHECK(data("\xff\xff\xff\xff"s + stat) == "");  // a znode without data
  CHECK_FALSE(data("\0\0\0\3abc"s + stat.substr(1)));
  CHECK_FALSE(data("\0\0\0\3abc"s + stat + "x"));
  CHECK_FALSE(data("\0\0\1\0abc"s + stat));
  CHECK_FALSE(data(""));
}

}  // namespace
}  // namespace lockstep::processes::zookeeper
