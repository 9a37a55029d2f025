#include "sim/protocols/lamport_format.hpp"

#include <doctest/doctest.h>

#include <string>

#include "sim/scenario/parse.hpp"
#include "sim/scenario/says_for_tests.hpp"

namespace lockstep::sim {
namespace {

Scenario scenario_of(const std::string& config, std::uint32_t nodes = 3) {
  return parse_scenario("s.json",
                        R"({"format": 1, "title": "t", "protocol": "lamport", "nodes": )" +
                            std::to_string(nodes) + R"(, "config": )" + config + "}");
}
std::string error_of(const std::string& config, std::uint32_t nodes = 3) {
  try {
    (void)scenario_of(config, nodes);
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "";
}
TEST_CASE("a Lamport log's settings: those of the machine, of a profile, and of a file over both") {
  CHECK(lamport_settings(scenario_of("{}")) == lamport::Config{});
  const lamport::Config wan = lamport_settings(scenario_of(R"({"profile": "wan", "block": 8})"));
  CHECK(wan.election.heartbeat_timeout == seconds(5));
  CHECK(wan.sync == milliseconds(300));
  CHECK(wan.block == 8);
  const lamport::Config all = lamport_settings(scenario_of(R"({"mode": "multicast"})"));
  CHECK(all.mode == lamport::Mode::multicast);
}

TEST_CASE("a Lamport log's settings that could not work are refused") {
  CHECK(says(error_of(R"({"heartbeat": "1 s"})"), "heartbeat_timeout must be above heartbeat"));
  CHECK(says(error_of(R"({"mode": "multicast", "heartbeat": "1 s"})"), "unknown key 'heartbeat'"));
  CHECK(says(error_of(R"({"block": 1})"), "block"));
  CHECK(says(error_of("{}", 101), "at most 100 nodes"));
}

}  // namespace
}  // namespace lockstep::sim
