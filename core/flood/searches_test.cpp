#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/flood/flood_for_tests.hpp"

namespace lockstep::flood {
namespace {

Query query(std::uint64_t id, std::uint8_t ttl, std::uint8_t hops = 0) {
  Query query;
  query.id = QueryId(id);
  query.ttl = ttl;
  query.hops = hops;
  query.text = "song.mp3";
  return query;
}

Out sends(const std::vector<std::uint32_t>& to, const Message& message) {
  Out out;
  for (const auto id : to) out.push_back(send(id, message));
  return out;
}

TEST_CASE("a query goes on to every neighbour but the one it came from, one hop poorer") {
  Flood peer = linked(3, {1, 2, 4, 5});
  CHECK(step(peer, t1, from(2, query(7, 3))) == sends({1, 4, 5}, query(7, 2, 1)));
}

TEST_CASE("a query that is heard again goes nowhere, whoever it comes from") {
  Flood peer = linked(3, {1, 2, 4, 5});
  (void)step(peer, t1, from(2, query(7, 3)));
  CHECK(step(peer, t1, from(2, query(7, 3))).empty());
  CHECK(step(peer, t1, from(4, query(7, 7))).empty());
}

TEST_CASE("the last hop of a query goes no farther") {
  Flood peer = linked(3, {1, 2});
  CHECK(step(peer, t1, from(2, query(7, 1))).empty());
  CHECK(step(peer, t1, from(2, query(8, 0))).empty());
}

TEST_CASE("what claims to go far goes as far as others") {
  Flood peer = linked(3, {1, 2});
  CHECK(step(peer, t1, from(2, query(7, 200))) == sends({1}, query(7, 6, 1)));
  CHECK(step(peer, t1, from(2, query(8, 3, 5))) == sends({1}, query(8, 1, 6)));
  CHECK(step(peer, t1, from(2, query(9, 3, 6))).empty());
}

TEST_CASE("a stranger's query is not heard, and it is told so") {
  Flood peer = linked(3, {1, 2});
  CHECK(step(peer, t1, from(4, query(7, 3))) == sends({4}, Stranger{}));
  CHECK(step(peer, t1, from(99, query(7, 3))).empty());
}

TEST_CASE("who has the file says so to whom the query came from, and passes it on all the same") {
  Flood peer = linked(3, {1, 2}, {}, {offered("song.mp3", "la la la")});
  const Hit hit{
      .query = QueryId(7), .owner = NodeId(3), .files = {listing("song.mp3", "la la la")}};
  CHECK(step(peer, t1, from(2, query(7, 3))) == Out{send(1, query(7, 2, 1)), send(2, hit)});
  Query straight = query(8, 1);
  straight.asker = NodeId(5);
  const Hit other{.query = QueryId(8), .owner = NodeId(3), .files = hit.files};
  CHECK(step(peer, t1, from(2, straight)) == sends({5}, other));
}

TEST_CASE("a hit goes back the way its query came, as often as allowed, and nowhere else") {
  Config config = quiet();
  config.search.max_hits = 2;
  Flood peer = linked(3, {1, 2}, config);
  (void)step(peer, t1, from(2, query(7, 3)));
  const Hit hit{.query = QueryId(7), .owner = NodeId(9), .files = {listing("song.mp3", "x")}};
  CHECK(step(peer, t1, from(1, hit)) == sends({2}, hit));
  CHECK(step(peer, t1, from(1, hit)) == sends({2}, hit));
  CHECK(step(peer, t1, from(1, hit)).empty());
  Hit unknown = hit;
  unknown.query = QueryId(8);
  CHECK(step(peer, t1, from(1, unknown)).empty());
}

TEST_CASE("a search is answered when its time is over, with what came") {
  Flood peer = linked(3, {1, 2});
  const Out asked = step(peer, t1, request(5, Search{.text = "song.mp3"}));
  REQUIRE(asked.size() == 4);  // started, two sends, the alarm
  const Query sent = std::get<Query>(std::get<Send<Message>>(asked[1]).message);
  CHECK(sent.ttl == 3);
  CHECK(asked[3] == Effect<Alphabet>(set(Timer::search, 1, t1 + seconds(1))));
  const Hit hit{.query = sent.id, .owner = NodeId(9), .files = {listing("song.mp3", "x")}};
  CHECK(step(peer, t1, from(1, hit)).empty());
  CHECK(step(peer, t1, from(2, hit)).empty());  // the same, another way
  const Out ended = step(peer, t1 + seconds(1), fired(Timer::search, 1));
  const Found found{{Source{NodeId(9), listing("song.mp3", "x")}}};
  CHECK(ended == Out{notify(SearchEnded{.query = sent.id, .sources = 1}), answer(5, found)});
  CHECK(step(peer, t1 + seconds(1), fired(Timer::search, 1)).empty());
}

TEST_CASE("what is found here asks nobody, unless everybody is to be asked") {
  Flood peer = linked(3, {1, 2}, {}, {offered("song.mp3", "la la la")});
  const Source here{NodeId(3), listing("song.mp3", "la la la")};
  CHECK(step(peer, t1, request(5, Search{.text = "song.mp3"})) == Out{answer(5, Found{{here}})});
  CHECK(step(peer, t1, request(6, Search{.text = "song.mp3", .everywhere = true})).size() == 4);
}

TEST_CASE("a peer has five searches open; others wait, and more are refused") {
  Config config = quiet();
  config.search.max_waiting = 1;
  Flood peer = linked(3, {1}, config);
  for (std::uint64_t id = 1; id <= 5; ++id)
    CHECK_FALSE(step(peer, t1, request(id, Search{.text = "a"})).empty());
  CHECK(step(peer, t1, request(6, Search{.text = "b"})).empty());
  const Out refused = step(peer, t1, request(7, Search{.text = "c"}));
  REQUIRE(refused.size() == 1);
  CHECK(std::holds_alternative<Refused>(std::get<Answer<Reply>>(refused[0]).reply));
  (void)step(peer, t1 + seconds(1), fired(Timer::search, 1));
  CHECK(peer.searches().open() == 1);
}

TEST_CASE("an expanding search widens its ring until something is found") {
  Flood peer = linked(3, {1});
  Out out = step(peer, t1, request(5, Search{.text = "a", .strategy = Strategy::ring}));
  Instant now = t1;
  for (std::uint8_t ttl = 1; ttl <= 7; ++ttl) {
    const auto& started = std::get<QueryStarted>(std::get<Notify<Notice>>(out[0]).notice);
    CHECK(started.ttl == ttl);
    now = now + milliseconds(250) * ttl;
    out = step(peer, now, fired(Timer::search, ttl));
  }
  CHECK(std::holds_alternative<SearchEnded>(std::get<Notify<Notice>>(out[0]).notice));
}

TEST_CASE("a walker goes one way, and back only where there is no other") {
  Query walker = query(7, 60, 3);
  walker.spread = Spread::walk;
  Flood peer = linked(3, {1, 2, 4, 5});
  for (int i = 0; i < 50; ++i) {
    const Out out = step(peer, t1 + seconds(i), from(2, walker));
    REQUIRE(out.size() == 1);
    CHECK(std::get<Send<Message>>(out[0]).to != NodeId(2));
  }
  Flood leaf = linked(3, {2});
  CHECK(std::get<Send<Message>>(step(leaf, t1, from(2, walker))[0]).to == NodeId(2));
}

TEST_CASE("a neighbour that asks too often is not heard") {
  Config config = quiet();
  config.search.query_burst = 3;
  config.search.query_rate = 1;
  Flood peer = linked(3, {1, 2}, config);
  for (std::uint64_t id = 1; id <= 3; ++id)
    CHECK(step(peer, t1, from(2, query(id, 2))) == sends({1}, query(id, 1, 1)));
  CHECK(step(peer, t1, from(2, query(4, 2))) == Out{notify(QueryDropped{NodeId(2)})});
  CHECK(step(peer, t1, from(1, query(5, 2))) == sends({2}, query(5, 1, 1)));  // its own allowance
  CHECK(step(peer, t1 + seconds(1), from(2, query(6, 2))) == sends({1}, query(6, 1, 1)));
}

TEST_CASE("what cannot be remembered is not passed on, and what was forgotten may be again") {
  Config config = quiet();
  config.search.seen_capacity = 2;
  config.search.seen_for = seconds(10);
  Flood peer = linked(3, {1, 2}, config);
  CHECK(step(peer, t1, from(2, query(1, 2))).size() == 1);
  CHECK(step(peer, t1, from(2, query(2, 2))).size() == 1);
  CHECK(step(peer, t1, from(2, query(3, 2))) == Out{notify(QueryDropped{NodeId(2)})});
  CHECK(step(peer, t1 + seconds(10), from(2, query(1, 2))).empty());  // of the older generation
  CHECK(peer.searches().remembered() == 2);
  CHECK(step(peer, t1 + seconds(21), from(2, query(1, 2))).size() == 1);
}

TEST_CASE("percolation passes a query on to some") {
  Query some = query(7, 3);
  some.permille = 500;
  std::size_t sent = 0;
  for (std::uint64_t id = 1; id <= 100; ++id) {
    Flood peer = linked(3, {1, 2, 4, 5}, {}, {}, id);
    sent += step(peer, t1, from(2, some)).size();
  }
  CHECK(sent > 110);
  CHECK(sent < 190);
}

}  // namespace
}  // namespace lockstep::flood
