#include "sim/faults/targets.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

namespace lockstep::sim {
namespace {

using Lists = std::vector<std::vector<Target>>;
using Sets = std::vector<EndpointSet>;

constexpr Endpoints five_nodes{5, 2};

Target node(std::uint32_t number) { return {Target::Kind::node, NodeId(number)}; }
Target any_of(Target::Kind kind) { return {kind, nobody}; }

std::vector<NodeView> followers() {
  return std::vector<NodeView>(5, NodeView{true, "follower", 3});
}

struct Resolved {
  std::optional<Sets> sets;
  std::string missing;
};
Resolved resolve(const std::vector<NodeView>& nodes, const Lists& lists, std::uint64_t seed = 1) {
  Random random(seed);
  Targets targets(five_nodes, nodes, random);
  Resolved resolved;
  resolved.sets = targets.resolve(lists, resolved.missing);
  return resolved;
}

TEST_CASE("nodes and clients are meant as named, up or down") {
  auto nodes = followers();
  nodes[1] = {};
  const Target client{Target::Kind::client, NodeId(client_base + 2)};
  CHECK(*resolve(nodes, {{node(2), node(4)}, {client}}).sets == Sets{{1, 3}, {6}});
}

TEST_CASE("all is every node, clients every client, rest who is named nowhere in the fault") {
  CHECK(
      *resolve(followers(), {{any_of(Target::Kind::all)}, {any_of(Target::Kind::clients)}}).sets ==
      Sets{{0, 1, 2, 3, 4}, {5, 6}});
  CHECK(*resolve(followers(), {{any_of(Target::Kind::rest)}, {node(1), node(2)}}).sets ==
        Sets{{2, 3, 4, 5, 6}, {0, 1}});
  CHECK(*resolve(followers(), {{any_of(Target::Kind::rest)},
                               {any_of(Target::Kind::all), any_of(Target::Kind::clients)}})
             .sets == Sets{{}, {0, 1, 2, 3, 4, 5, 6}});
}

TEST_CASE("the rest is what is left after roles and draws, wherever it stands") {
  auto nodes = followers();
  nodes[2].role = "leader";
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto sets = *resolve(nodes,
                               {{any_of(Target::Kind::rest)},
                                {any_of(Target::Kind::leader), any_of(Target::Kind::any)}},
                               seed)
                           .sets;
    REQUIRE(sets[1].size() == 2);
    CHECK(sets[1][0] == 2);
    CHECK(sets[0].size() == 5);
    for (const auto e : sets[1]) CHECK(std::count(sets[0].begin(), sets[0].end(), e) == 0);
  }
}

TEST_CASE("a role is its live holder of the highest term, then of the lowest id") {
  auto nodes = followers();
  nodes[1] = {true, "leader", 4};
  nodes[3] = {true, "leader", 6};
  CHECK(*resolve(nodes, {{any_of(Target::Kind::leader)}}).sets == Sets{{3}});
  nodes[4] = {true, "leader", 6};
  CHECK(*resolve(nodes, {{any_of(Target::Kind::leader)}}).sets == Sets{{3}});
  // Named once more it means another holder.
  CHECK(*resolve(nodes, {{any_of(Target::Kind::leader), any_of(Target::Kind::leader)},
                         {any_of(Target::Kind::leader)}})
             .sets == Sets{{3, 4}, {1}});
  nodes[3].up = nodes[4].up = false;
  CHECK(*resolve(nodes, {{any_of(Target::Kind::leader)}}).sets == Sets{{1}});
  CHECK(*resolve(nodes, {{any_of(Target::Kind::follower)}}).sets == Sets{{0}});
}

TEST_CASE("a role that nobody holds resolves to nothing, and says which") {
  for (const auto& [kind, name] :
       {std::pair(Target::Kind::leader, "leader"), std::pair(Target::Kind::candidate, "candidate"),
        std::pair(Target::Kind::coordinator, "coordinator")}) {
    const auto found = resolve(followers(), {{node(1)}, {any_of(kind)}});
    CHECK_FALSE(found.sets.has_value());
    CHECK(found.missing == name);
  }
}

TEST_CASE("a node that is named outright is never taken for a role or a draw, wherever it stands") {
  auto nodes = followers();
  nodes[0].role = "leader";
  const auto found = resolve(nodes, {{any_of(Target::Kind::leader)}, {node(1)}});
  CHECK_FALSE(found.sets.has_value());
  CHECK(found.missing == "leader");
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Lists lists{{any_of(Target::Kind::any), any_of(Target::Kind::random)},
                      {node(1), node(2), node(3)}};
    auto drawn = (*resolve(followers(), lists, seed).sets)[0];
    std::sort(drawn.begin(), drawn.end());
    CHECK(drawn == EndpointSet{3, 4});
  }
}

TEST_CASE("random draws among the live, any among all, each node as often as another") {
  auto nodes = followers();
  nodes[2] = {};
  Random random(7);
  std::vector<int> as_random(5), as_any(5);
  for (int round = 0; round < 5000; ++round) {
    std::string missing;
    ++as_random[(*Targets(five_nodes, nodes, random)
                      .resolve({{any_of(Target::Kind::random)}}, missing))[0][0]];
    ++as_any[(
        *Targets(five_nodes, nodes, random).resolve({{any_of(Target::Kind::any)}}, missing))[0][0]];
  }
  CHECK(as_random[2] == 0);
  for (const std::size_t n : {0u, 1u, 3u, 4u}) CHECK(std::abs(as_random[n] - 1250) < 130);
  for (const std::size_t n : {0u, 1u, 2u, 3u, 4u}) CHECK(std::abs(as_any[n] - 1000) < 120);
}

TEST_CASE("where nobody is left to draw from, it says so") {
  const auto down = resolve(std::vector<NodeView>(5), {{any_of(Target::Kind::random)}});
  CHECK_FALSE(down.sets.has_value());
  CHECK(down.missing == "live node");
  const std::vector<Target> six(6, any_of(Target::Kind::any));
  const auto used_up = resolve(followers(), {six});
  CHECK_FALSE(used_up.sets.has_value());
  CHECK(used_up.missing == "node");
}

TEST_CASE("a majority is more than half, a minority less than half, each in order of id") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto sets =
        *resolve(followers(), {{any_of(Target::Kind::minority)}, {any_of(Target::Kind::majority)}},
                 seed)
             .sets;
    CHECK(sets[0].size() == 2);
    CHECK(sets[1].size() == 3);
    for (const auto& set : sets) CHECK(std::is_sorted(set.begin(), set.end()));
    EndpointSet both = sets[0];
    both.insert(both.end(), sets[1].begin(), sets[1].end());
    std::sort(both.begin(), both.end());
    CHECK(both == EndpointSet{0, 1, 2, 3, 4});
  }
}

TEST_CASE("the same stream of chance draws the same targets") {
  const Lists lists{{any_of(Target::Kind::any), any_of(Target::Kind::any)},
                    {any_of(Target::Kind::minority)}};
  CHECK(*resolve(followers(), lists, 5).sets == *resolve(followers(), lists, 5).sets);
}

TEST_CASE("groups in words") {
  CHECK(describe_groups(five_nodes, {{0, 1}, {2, 5}}) == "n1 n2 | n3 c1");
  CHECK(describe_groups(five_nodes, {{3}}) == "n4");
  CHECK(describe_groups(five_nodes, {}).empty());
}

}  // namespace
}  // namespace lockstep::sim
