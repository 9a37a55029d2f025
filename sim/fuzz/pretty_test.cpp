#include "sim/fuzz/pretty.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "sim/fuzz/draw.hpp"

namespace lockstep::sim {
namespace {

TEST_CASE("what fits on a line stands on a line") {
  const Json json = Json::parse(R"({"a": 1, "b": {"c": ["x", null], "d": {}}, "e": []})");
  CHECK(pretty(json) ==
        "{\n  \"a\": 1,\n  \"b\": { \"c\": [\"x\", null], \"d\": {} },\n  \"e\": []\n}\n");
}

TEST_CASE("reading it gives the same, and lines stay short") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Json json = draw_scenario("raft", seed);
    const std::string text = pretty(json);
    CHECK(Json::parse(text) == json);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.find("\"n1\": \"") == std::string::npos) CHECK(line.size() <= 120);
    }
  }
}

}  // namespace
}  // namespace lockstep::sim
