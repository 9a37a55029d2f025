#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "core/flood/flood_for_tests.hpp"

namespace lockstep::flood {
namespace {

std::vector<NodeId> ids(const std::vector<std::uint32_t>& numbers) {
  std::vector<NodeId> out;
  for (const auto n : numbers) out.emplace_back(n);
  return out;
}

Flood newcomer(std::uint32_t self, const std::vector<std::uint32_t>& known, Out& out,
               std::uint32_t max_neighbours = 3) {
  Config config;
  config.directory.max_neighbours = max_neighbours;
  Flood peer(NodeId(self), 20, config, ids(known), 1);
  peer.step(Instant(), Started<Record>{}, out);
  return peer;
}

bool sends(const Out& out, std::uint32_t to, const Message& message) {
  return std::find(out.begin(), out.end(), send(to, message)) != out.end();
}

TEST_CASE("a newcomer logs in, and meets those it hears of") {
  Out out;
  Flood peer = newcomer(3, {1, 2}, out);
  CHECK(out ==
        Out{send(1, Login{}), send(2, Login{}), set(Timer::directory, 1, Instant() + seconds(1))});
  CHECK(step(peer, t1, from(1, Welcome{ids({2, 3, 4, 99})})) ==
        Out{notify(NeighbourJoined{NodeId(1)}), send(4, Login{})});
  CHECK(peer.directory().neighbours().contains(NodeId(1)));
}

TEST_CASE("who logs in is a neighbour, and is told whom to meet besides") {
  Flood peer = linked(3, {1, 2});
  CHECK(step(peer, t1, from(4, Login{})) ==
        Out{send(4, Welcome{ids({1, 2})}), notify(NeighbourJoined{NodeId(4)})});
  CHECK(step(peer, t1, from(4, Login{})) == Out{send(4, Welcome{ids({1, 2})})});
}

TEST_CASE("who has all the neighbours it takes says whom else to ask") {
  Out out;
  Flood peer = newcomer(3, {}, out, 1);
  (void)step(peer, t1, from(1, Login{}));
  CHECK(step(peer, t1, from(2, Login{})) == Out{send(2, Full{ids({1})})});
  CHECK(step(peer, t1, from(2, Welcome{})) == Out{send(2, Leave{})});
  Flood other = newcomer(4, {1}, out);
  CHECK(step(other, t1, from(1, Full{ids({7})})) == Out{send(7, Login{})});
}

TEST_CASE("a silent neighbour is pinged, lost, and asked again after pauses that double") {
  Out out;
  Flood peer = newcomer(3, {}, out);
  (void)step(peer, Instant(), from(1, Login{}));
  std::vector<std::int64_t> asked;
  std::uint32_t pings = 0;
  bool lost = false;
  for (std::uint64_t second = 1; second <= 40; ++second) {
    const Out now = step(peer, Instant() + seconds(static_cast<std::int64_t>(second)),
                         fired(Timer::directory, second));
    pings += sends(now, 1, Ping{});
    if (sends(now, 1, Login{})) asked.push_back(static_cast<std::int64_t>(second));
    lost = lost || std::find(now.begin(), now.end(), notify(NeighbourLost{NodeId(1)})) != now.end();
  }
  CHECK(pings == 3);
  CHECK(lost);
  CHECK(asked == std::vector<std::int64_t>{5, 6, 8, 12, 20, 36});
}

TEST_CASE("a sign of life is enough") {
  Out out;
  Flood peer = newcomer(3, {}, out);
  (void)step(peer, Instant(), from(1, Login{}));
  for (std::uint64_t second = 1; second <= 20; ++second) {
    const Instant now = Instant() + seconds(static_cast<std::int64_t>(second));
    if (sends(step(peer, now, fired(Timer::directory, second)), 1, Ping{}))
      (void)step(peer, now, from(1, Pong{}));
  }
  CHECK(peer.directory().neighbours().contains(NodeId(1)));
}

TEST_CASE("a stranger is told so, and logs in again") {
  Flood peer = linked(3, {1, 2});
  CHECK(step(peer, t1, from(4, Ping{})) == Out{send(4, Stranger{})});
  CHECK(step(peer, t1, from(1, Ping{})) == Out{send(1, Pong{})});
  CHECK(step(peer, t1, from(1, Stranger{})) ==
        Out{notify(NeighbourLost{NodeId(1)}), send(1, Login{})});
  CHECK(step(peer, t1, from(4, Stranger{})).empty());
}

TEST_CASE("who logs out is heard of no more until it logs in") {
  Flood peer = linked(3, {1, 2});
  CHECK(step(peer, t1, request(1, LogOut{})) ==
        Out{send(1, Leave{}), notify(NeighbourLost{NodeId(1)}), send(2, Leave{}),
            notify(NeighbourLost{NodeId(2)}), answer(1, Done{})});
  CHECK(step(peer, t1, from(4, Login{})).empty());
  CHECK(step(peer, t1, request(2, LogIn{})) ==
        Out{send(1, Login{}), send(2, Login{}), answer(2, Done{})});
  Flood other = linked(4, {3});
  CHECK(step(other, t1, from(3, Leave{})) == Out{notify(NeighbourLost{NodeId(3)})});
}

TEST_CASE("what is known is bounded, whatever is told") {
  Out out;
  Config config;
  config.directory.max_known = 4;
  config.directory.max_neighbours = 2;
  Flood peer(NodeId(3), 2'000'000, config, {}, 1);
  std::vector<NodeId> many;
  for (std::uint32_t n = 10; n < 1000; ++n) many.emplace_back(n);
  Out told;
  peer.step(t1, from(1, Welcome{many}), told);
  CHECK(told.size() == 2);  // joined, one more is asked
}

}  // namespace
}  // namespace lockstep::flood
