#include "node/client/reason.hpp"

#include <doctest/doctest.h>

namespace lockstep::node {
namespace {

TEST_CASE("a refusal is told in its own words, on one line") {
  CHECK(reason_in("{\"outcome\":\"refused\",\"reason\":\"a body is at most 5 bytes\"}\n") ==
        "a body is at most 5 bytes");
  CHECK(reason_in(R"({"reason":"two\nlines"})") == "two\\x0alines");
  CHECK(reason_in(R"({"reason":5})") == R"({"reason":5})");
  CHECK(reason_in("<html>\r\n  <h1>No\tway</h1>\n") == "<html> <h1>No way</h1> ");
  CHECK(reason_in("").empty());
  CHECK(reason_in(std::string(5000, 'x')).size() == 300);
  CHECK(reason_in("{\"reason\":\"\xFF\"}") == "{\"reason\":\"\xFF\"}");
}

}  // namespace
}  // namespace lockstep::node
