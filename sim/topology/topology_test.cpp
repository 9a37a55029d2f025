#include "sim/topology/topology.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace lockstep::sim {
namespace {

using Shape = Topology::Shape;

Graph made(Topology topology, std::uint32_t nodes, std::uint64_t seed = 1) {
  REQUIRE(refusal(topology, nodes) == "");
  return make_graph(topology, nodes, seed);
}

void is_simple(const Graph& graph) {
  std::uint64_t ends = 0;
  for (std::uint32_t n = 0; n < graph.nodes(); ++n) {
    const auto near = graph.neighbours(n);
    ends += near.size();
    CHECK(std::is_sorted(near.begin(), near.end()));
    CHECK(std::adjacent_find(near.begin(), near.end()) == near.end());
    for (const auto other : near) {
      CHECK(other != n);
      const auto back = graph.neighbours(other);
      CHECK(std::binary_search(back.begin(), back.end(), n));
    }
  }
  CHECK(ends == 2 * graph.links());
}

TEST_CASE("a graph forgets loops, directions and what was said twice") {
  const Graph graph(4, {{0, 1}, {1, 0}, {2, 2}, {1, 2}, {0, 1}});
  CHECK(graph.links() == 2);
  CHECK(graph.degree(1) == 2);
  CHECK(graph.degree(3) == 0);
  CHECK_FALSE(is_connected(graph));
  is_simple(graph);
}

TEST_CASE("the shapes have the links that their names promise") {
  CHECK(made({.shape = Shape::complete}, 7).links() == 21);
  CHECK(made({.shape = Shape::ring}, 7).links() == 7);
  CHECK(made({.shape = Shape::ring}, 2).links() == 1);
  CHECK(made({.shape = Shape::grid}, 9).links() == 12);
  CHECK(made({.shape = Shape::grid}, 8).links() == 10);
  CHECK(made({.shape = Shape::tree, .degree = 3}, 40).links() == 39);
  CHECK(made({.shape = Shape::barabasi_albert, .degree = 3}, 100).links() == 6 + 96 * 3);
  CHECK(made({.shape = Shape::watts_strogatz, .degree = 4, .chance = {1, 4}}, 50).links() == 100);
  CHECK(made({.shape = Shape::erdos_renyi, .chance = {1, 1}}, 9).links() == 36);
  CHECK(made({.shape = Shape::erdos_renyi}, 9).links() == 0);
}

TEST_CASE("drawn graphs are simple, repeat from their seed, and differ from others") {
  const Topology drawn[] = {{.shape = Shape::random_regular, .degree = 3},
                            {.shape = Shape::random_regular, .degree = 6},
                            {.shape = Shape::erdos_renyi, .chance = {1, 10}},
                            {.shape = Shape::barabasi_albert, .degree = 2},
                            {.shape = Shape::watts_strogatz, .degree = 6, .chance = {1, 2}}};
  for (const Topology& topology : drawn) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const Graph graph = made(topology, 60, seed);
      is_simple(graph);
      CHECK(graph == made(topology, 60, seed));
      CHECK_FALSE(graph == made(topology, 60, seed + 1));
    }
  }
}

TEST_CASE("a random regular graph is regular, however tight") {
  for (std::uint32_t nodes = 2; nodes <= 12; ++nodes) {
    for (std::uint32_t degree = 1; degree < nodes; ++degree) {
      if (nodes * degree % 2 != 0) continue;
      const Graph graph = made({.shape = Shape::random_regular, .degree = degree}, nodes, degree);
      for (std::uint32_t n = 0; n < nodes; ++n) CHECK(graph.degree(n) == degree);
    }
  }
}

TEST_CASE("shapes that promise it are connected") {
  for (std::uint32_t nodes = 4; nodes <= 40; nodes += 3) {
    CHECK(is_connected(made({.shape = Shape::complete}, nodes)));
    CHECK(is_connected(made({.shape = Shape::ring}, nodes)));
    CHECK(is_connected(made({.shape = Shape::grid}, nodes)));
    CHECK(is_connected(made({.shape = Shape::tree, .degree = 2}, nodes)));
    CHECK(is_connected(made({.shape = Shape::barabasi_albert, .degree = 1}, nodes)));
  }
}

TEST_CASE("the links of an Erdos-Renyi graph are as many as chance says") {
  std::uint64_t links = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed)
    links += made({.shape = Shape::erdos_renyi, .chance = {1, 20}}, 200, seed).links();
  // 50 * 19900 / 20 = 49750; the standard deviation is 217.
  CHECK(links > 48'900);
  CHECK(links < 50'600);
}

TEST_CASE("a flood over a graph, counted by hand") {
  // 0 - 1 - 2
  //     |   |
  //     3 - 4
  const Graph graph(5, {{0, 1}, {1, 2}, {1, 3}, {2, 4}, {3, 4}});
  CHECK(ball(graph, 0, 1).nodes == 2);
  CHECK(ball(graph, 0, 1).messages == 1);
  CHECK(ball(graph, 0, 2).nodes == 4);
  CHECK(ball(graph, 0, 2).messages == 3);
  CHECK(ball(graph, 0, 3).nodes == 5);
  CHECK(ball(graph, 0, 3).messages == 5);
  CHECK_FALSE(ball(graph, 0, 3).covers);
  CHECK(ball(graph, 0, 4).messages == 2 * 5 - 4);
  CHECK(ball(graph, 0, 4).covers);
}

TEST_CASE("what cannot be built is refused with a reason") {
  CHECK(refusal({.shape = Shape::random_regular, .degree = 3}, 5) != "");
  CHECK(refusal({.shape = Shape::random_regular, .degree = 5}, 5) != "");
  CHECK(refusal({.shape = Shape::watts_strogatz, .degree = 3}, 9) != "");
  CHECK(refusal({.shape = Shape::tree}, 9) != "");
  CHECK(refusal({.shape = Shape::file}, 9) != "");
  CHECK_FALSE(read_graph("no/such/file", 9));
}

}  // namespace
}  // namespace lockstep::sim
