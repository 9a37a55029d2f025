#include "sim/fabric/layout.hpp"

#include <doctest/doctest.h>

namespace lockstep::sim {
namespace {

Scenario small() {
  Scenario scenario;
  scenario.nodes = 5;
  scenario.workload.clients = 3;
  return scenario;
}

Scenario three_regions() {
  Scenario scenario = small();
  Regions regions;
  regions.names = {"a", "b", "c"};
  regions.one_way = {{milliseconds(1), milliseconds(10), milliseconds(20)},
                     {milliseconds(11), milliseconds(2), milliseconds(30)},
                     {milliseconds(21), milliseconds(31), milliseconds(3)}};
  regions.placement = {0, 1, 2};
  scenario.network.regions = regions;
  return scenario;
}

TEST_CASE("endpoints are numbered nodes first, then clients, and back") {
  const Endpoints endpoints{5, 3};
  CHECK(endpoints.size() == 8);
  CHECK(endpoints.index(NodeId(1)) == 0);
  CHECK(endpoints.index(NodeId(5)) == 4);
  CHECK(endpoints.index(NodeId(client_base + 1)) == 5);
  for (std::uint32_t e = 0; e < endpoints.size(); ++e) {
    CHECK(endpoints.index(endpoints.id(e)) == e);
    CHECK(is_client(endpoints.id(e)) == (e >= 5));
  }
}

TEST_CASE("without regions everybody stands in one, and the fixed part of the latency is between") {
  Scenario scenario = small();
  const auto one_way = [&](Latency latency) {
    scenario.network.latency = latency;
    const Layout layout(scenario);
    CHECK(layout.regions() == 1);
    CHECK(layout.region(0) == 0);
    CHECK(layout.region(7) == 0);
    return layout.one_way(0, 0);
  };
  using Shape = Latency::Shape;
  CHECK(one_way({Shape::constant, milliseconds(3), milliseconds(3), 0}) == milliseconds(3));
  CHECK(one_way({Shape::uniform, milliseconds(1), milliseconds(5), 0}) == milliseconds(1));
  CHECK(one_way({Shape::exponential, milliseconds(5), Duration(0), 0}) == Duration(0));
  CHECK(one_way({Shape::lognormal, milliseconds(5), Duration(0), 500}) == Duration(0));
}

TEST_CASE("nodes and clients each go round the placement; latencies may differ by direction") {
  const Layout layout(three_regions());
  CHECK(layout.regions() == 3);
  CHECK(layout.region(0) == 0);
  CHECK(layout.region(2) == 2);
  CHECK(layout.region(3) == 0);  // node 4 begins the round again
  CHECK(layout.region(5) == 0);  // client 1 begins a round of clients
  CHECK(layout.region(6) == 1);
  // The scenario's own latency, 1 ms, is added to that between regions.
  CHECK(layout.one_way(0, 1) == milliseconds(11));
  CHECK(layout.one_way(1, 0) == milliseconds(12));
  CHECK(layout.one_way(2, 2) == milliseconds(4));
}

TEST_CASE("bandwidth is that of the scenario, 0 where there is no limit") {
  Scenario scenario = small();
  CHECK(Layout(scenario).bandwidth() == 0);
  scenario.network.bandwidth = 1'000'000;
  CHECK(Layout(scenario).bandwidth() == 1'000'000);
}

}  // namespace
}  // namespace lockstep::sim
