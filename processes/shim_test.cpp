#include "processes/shim.hpp"

#include <doctest/doctest.h>

#include "sim/scenario/parse.hpp"

namespace lockstep::processes {
namespace {

sim::Scenario scenario(const std::string& network, int nodes = 3) {
  return sim::parse_scenario("s.json", R"({"format":1,"title":"t","protocol":"raft","nodes":)" +
                                           std::to_string(nodes) + R"(,"network":)" + network +
                                           "}");
}

const char* const perfect = R"({"latency":"0 s"})";

TEST_CASE("perfect links need no words") {
  Shim shim(scenario(perfect));
  shim.want(sim::Links({3, 0}), false);
  for (std::uint32_t n = 0; n < 3; ++n) CHECK(shim.take_untold(n).empty());
}

TEST_CASE("delay, loss and duplication are told to the sender, once") {
  Shim shim(scenario(R"({"latency":"uniform 1..4 ms","loss":"1/10","duplicate":"1/5"})", 2));
  shim.want(sim::Links({2, 0}), false);
  const std::string body =
      R"({"peer":2,"direction":"out","delay_ms":2.5,"drop":"1/10","duplicate":"1/5"})";
  CHECK(shim.take_untold(0) == std::vector<std::string>{body});
  CHECK(shim.take_untold(0).empty());
  shim.forget(0);
  CHECK(shim.take_untold(0) == std::vector<std::string>{body});
}

TEST_CASE("a one-way cut is told to both ends, and so is its end") {
  Shim shim(scenario(perfect));
  sim::Links links({3, 0});
  const auto rule = links.cut({0}, {1});
  shim.want(links, false);
  CHECK(shim.take_untold(0) ==
        std::vector<std::string>{R"({"peer":2,"direction":"out","cut":true})"});
  CHECK(shim.take_untold(1) ==
        std::vector<std::string>{R"({"peer":1,"direction":"in","cut":true})"});
  CHECK(shim.take_untold(2).empty());
  links.undo(rule);
  shim.want(links, false);
  CHECK(shim.take_untold(0) == std::vector<std::string>{R"({"peer":2,"direction":"out"})"});
  CHECK(shim.take_untold(1) == std::vector<std::string>{R"({"peer":1,"direction":"in"})"});
}

TEST_CASE("a slow link adds to the latency both ways; a heal ends loss") {
  Shim shim(scenario(R"({"latency":"2 ms","loss":"1/2"})", 2));
  sim::Links links({2, 0});
  links.slow({0}, {1}, milliseconds(100));
  shim.want(links, true);
  CHECK(shim.take_untold(0) ==
        std::vector<std::string>{R"({"peer":2,"direction":"out","delay_ms":102})"});
  CHECK(shim.take_untold(1) ==
        std::vector<std::string>{R"({"peer":1,"direction":"out","delay_ms":102})"});
}

TEST_CASE("a slow disk is told to its node, again when it starts anew, and so is its end") {
  Shim shim(scenario(perfect));
  shim.want_disk(1, milliseconds(200));
  CHECK(shim.take_untold(0).empty());
  const std::vector<std::string> slow{R"({"disk_delay_ms":200})"};
  CHECK(shim.take_untold(1) == slow);
  CHECK(shim.take_untold(1).empty());
  shim.forget(1);
  CHECK(shim.take_untold(1) == slow);
  shim.want_disk(1, Duration());
  CHECK(shim.take_untold(1) == std::vector<std::string>{R"({"disk_delay_ms":0})"});
}

}  // namespace
}  // namespace lockstep::processes
