// Steps of peers that keep the rules, and of peers that break each of them.
#include "sim/check/flood_queries.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace lockstep::sim {
namespace {

using namespace flood;

const Instant t0, t1 = t0 + seconds(1);

struct Neighbours {
  static FloodQueries::Bounds bounds() {
    FloodQueries::Bounds bounds;
    bounds.nodes = 4;
    bounds.max_ttl = 7;
    bounds.max_steps = 9;
    bounds.seen_for = seconds(10);
    bounds.max_hits = 3;
    bounds.query_rate = 1;
    bounds.query_burst = 2;
    return bounds;
  }
  FloodQueries queries{bounds()};
  Flood peer{NodeId(1), 4, Config{}, {}, 1};

  static Query query(std::uint8_t ttl, std::uint8_t hops = 0, std::uint64_t id = 7) {
    Query query;
    query.id = QueryId(id);
    query.ttl = ttl;
    query.hops = hops;
    query.text = "song";
    return query;
  }
  static Out sends(const std::vector<std::uint32_t>& to, const Message& message) {
    Out out;
    for (const auto id : to) out.push_back(Send<Message>{NodeId(id), message});
    return out;
  }
  void asks(std::uint32_t node, const std::vector<std::uint32_t>& to, std::uint8_t ttl,
            std::uint64_t id = 7) {
    queries.stepped(t1, NodeId(node), peer, Sampled{}, sends(to, query(ttl, 0, id)));
  }
  void hears(std::uint32_t node, std::uint32_t from, const Query& query, const Out& out,
             Instant now = t1) {
    queries.stepped(now, NodeId(node), peer, Received<Message>{NodeId(from), query}, out);
  }
  void hears(std::uint32_t node, std::uint32_t from, const Hit& hit, const Out& out) {
    queries.stepped(t1, NodeId(node), peer, Received<Message>{NodeId(from), hit}, out);
  }
  bool breaks(const char* rule) {
    return queries.violations().size() == 1 && queries.violations()[0].rule == rule;
  }
};

// 1 - 2 - 3 - 4 and 2 - 4: from 1 with TTL 3.
const Graph graph(4, {{0, 1}, {1, 2}, {2, 3}, {1, 3}});

Neighbours flooded() {
  Neighbours stage;
  stage.asks(1, {2}, 3);
  stage.hears(2, 1, Neighbours::query(3), Neighbours::sends({3, 4}, Neighbours::query(2, 1)));
  stage.hears(3, 2, Neighbours::query(2, 1), Neighbours::sends({4}, Neighbours::query(1, 2)));
  stage.hears(4, 2, Neighbours::query(2, 1), Neighbours::sends({3}, Neighbours::query(1, 2)));
  stage.hears(4, 3, Neighbours::query(1, 2), {});
  stage.hears(3, 4, Neighbours::query(1, 2), {});
  return stage;
}

TEST_CASE("a flood as it should be breaks nothing, and is counted") {
  Neighbours stage = flooded();
  stage.queries.judge_reach(t1, t1 + seconds(1), graph);
  stage.queries.judge_hits(t1, t1 + seconds(1));
  CHECK(stage.queries.violations().empty());
  const auto sum = stage.queries.sum();
  CHECK(sum.messages == 2 * 4 - 3);
  CHECK(sum.repeated == 2);
  CHECK(sum.covered_all);
}

TEST_CASE("a query passed on again, or twice to one, or back") {
  Neighbours again = flooded();
  again.hears(2, 4, Neighbours::query(2, 1), Neighbours::sends({1}, Neighbours::query(1, 2)));
  CHECK(again.breaks("passed on twice"));
  Neighbours much_later = flooded();
  much_later.hears(2, 4, Neighbours::query(2, 1), Neighbours::sends({1}, Neighbours::query(1, 2)),
                   t1 + seconds(11));
  CHECK(much_later.queries.violations().empty());
  Neighbours restarted = flooded();
  restarted.queries.started(NodeId(2));
  restarted.hears(2, 4, Neighbours::query(2, 1), Neighbours::sends({1}, Neighbours::query(1, 2)));
  CHECK(restarted.queries.violations().empty());
  Neighbours own = flooded();
  own.hears(1, 2, Neighbours::query(2, 1), Neighbours::sends({3}, Neighbours::query(1, 2)));
  CHECK(own.breaks("passed on twice"));
  Neighbours twice;
  twice.asks(1, {2}, 3);
  twice.hears(2, 1, Neighbours::query(3), Neighbours::sends({3, 3}, Neighbours::query(2, 1)));
  CHECK(twice.breaks("passed on twice"));
  Neighbours echo;
  echo.asks(1, {2}, 3);
  echo.hears(2, 1, Neighbours::query(3), Neighbours::sends({1, 3}, Neighbours::query(2, 1)));
  CHECK(echo.breaks("echoed"));
}

TEST_CASE("a query that goes as far as before, or farther than any") {
  for (int kind = 0; kind < 3; ++kind) {
    const Query onward = kind == 0   ? Neighbours::query(3, 1)
                         : kind == 1 ? Neighbours::query(2, 0)
                                     : Neighbours::query(0, 1);
    Neighbours stage;
    stage.asks(1, {2}, 3);
    stage.hears(2, 1, Neighbours::query(3), Neighbours::sends({3}, onward));
    CHECK(stage.breaks("ttl not counted down"));
  }
}

TEST_CASE("a flood that misses somebody, or reaches too far, or takes other messages") {
  Neighbours stage;
  stage.asks(1, {2}, 3);
  stage.hears(2, 1, Neighbours::query(3), Neighbours::sends({3}, Neighbours::query(2, 1)));
  stage.hears(3, 2, Neighbours::query(2, 1), {});
  stage.queries.judge_reach(t1, t1 + seconds(1), graph);
  const auto& broken = stage.queries.violations();
  CHECK(std::any_of(broken.begin(), broken.end(), [](const auto& v) { return v.rule == "reach"; }));
  CHECK(std::any_of(broken.begin(), broken.end(),
                    [](const auto& v) { return v.rule == "flood miscounted"; }));
  Neighbours far;
  far.asks(1, {2}, 1);
  far.hears(2, 1, Neighbours::query(1), {});
  far.hears(3, 2, Neighbours::query(1), {});
  far.queries.judge_reach(t1, t1 + seconds(1), graph);
  CHECK(far.breaks("reach"));
}

TEST_CASE("a hit for nothing, off its way, or lost on it") {
  const Hit hit{QueryId(7), NodeId(2), {{"song", {}, 1}}};
  Neighbours false_hit;
  false_hit.asks(1, {2}, 1);
  false_hit.hears(2, 1, Neighbours::query(1), Neighbours::sends({1}, hit));
  CHECK(false_hit.breaks("hit without file"));
  false_hit.queries.violations().clear();
  false_hit.queries.judge_hits(t1, t1 + seconds(1));
  CHECK(false_hit.breaks("hit lost"));
  false_hit.queries.violations().clear();
  false_hit.hears(1, 2, hit, {});
  false_hit.queries.judge_hits(t1, t1 + seconds(1));
  CHECK(false_hit.queries.violations().empty());
  Neighbours off = flooded();
  off.hears(3, 4, hit, Neighbours::sends({4}, hit));
  CHECK(off.breaks("hit off the way"));
}

TEST_CASE("who asked, and forgot that when it started again, is on the way like anybody") {
  const Hit hit{QueryId(7), NodeId(4), {{"song", {}, 1}}};
  Neighbours asker = flooded();
  asker.queries.started(NodeId(1));
  asker.hears(1, 2, Neighbours::query(1, 2), {});
  asker.hears(1, 3, hit, Neighbours::sends({2}, hit));
  CHECK(asker.queries.violations().empty());
  CHECK(asker.queries.sum().most_reached == 4);
  asker.hears(1, 3, hit, Neighbours::sends({3}, hit));
  CHECK(asker.breaks("hit off the way"));
}

TEST_CASE("a rogue that is heard without end") {
  Neighbours stage;
  stage.queries.exempt(NodeId(4));
  for (std::uint64_t id = 100; id < 103; ++id) {
    stage.asks(4, {2}, 7, id);
    stage.hears(2, 4, Neighbours::query(7, 0, id),
                Neighbours::sends({1}, Neighbours::query(6, 1, id)));
  }
  CHECK(stage.queries.violations().empty());
  stage.hears(2, 4, Neighbours::query(7, 0, 103),
              Neighbours::sends({1}, Neighbours::query(6, 1, 103)));
  CHECK(stage.breaks("stormed through"));
}

TEST_CASE("a walker goes one way") {
  Neighbours stage;
  stage.asks(1, {2}, 5);
  Query walker = Neighbours::query(5);
  walker.spread = Spread::walk;
  Query onward = Neighbours::query(4, 1);
  onward.spread = Spread::walk;
  stage.hears(2, 1, walker, Neighbours::sends({1}, onward));
  CHECK(stage.queries.violations().empty());
  stage.hears(2, 1, walker, Neighbours::sends({3, 4}, onward));
  CHECK(stage.breaks("passed on twice"));
}

}  // namespace
}  // namespace lockstep::sim
