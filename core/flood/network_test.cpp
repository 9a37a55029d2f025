// Peers in the smallest network that can show what a flood promises: every message takes one tick.
#include <doctest/doctest.h>

#include <deque>
#include <utility>
#include <vector>

#include "core/base/random.hpp"
#include "core/flood/flood_for_tests.hpp"
#include "core/wire/codec.hpp"

namespace lockstep::flood {
namespace {

using Links = std::vector<std::vector<std::uint32_t>>;  // [peer], from 1 on; sorted

struct Network {
  std::vector<Flood> peers;
  std::deque<std::pair<std::uint32_t, Event<Alphabet>>>
      ahead;  // first in, first out: equal latencies
  std::vector<bool> reached;
  std::uint64_t queries = 0;
  Instant now = Instant() + seconds(1);

  Network(const Links& links, Config config) {
    for (std::uint32_t n = 1; n < links.size(); ++n) {
      std::vector<Record> records;
      if (n % 3 == 0) records.push_back(offered("song.mp3", "la"));
      std::vector<NodeId> known;
      for (const auto other : links[n]) known.emplace_back(other);
      peers.emplace_back(NodeId(n), static_cast<std::uint32_t>(links.size() - 1), config, known, n);
      (void)flood::step(peers.back(), Instant(), Started<Record>{std::move(records)});
    }
    reached.resize(links.size());
  }
  Out step(std::uint32_t n, const Event<Alphabet>& event) {
    Out out = flood::step(peers[n - 1], now, event);
    for (const auto& effect : out) {
      const auto* send = std::get_if<Send<Message>>(&effect);
      if (send == nullptr) continue;
      queries += std::holds_alternative<Query>(send->message);
      std::string bytes;
      wire::encode(send->message, bytes);
      auto message = wire::decode<Message>(bytes);
      REQUIRE(message == send->message);
      ahead.emplace_back(send->to.value(), from(n, std::move(*message)));
    }
    return out;
  }
  void settle() {
    while (!ahead.empty()) {
      const auto [n, event] = std::move(ahead.front());
      ahead.pop_front();
      reached[n] = true;
      (void)step(n, event);
    }
  }
};

Links draw_links(Random& random, std::uint32_t count) {
  Links links(count + 1);
  const auto link = [&](std::uint32_t a, std::uint32_t b) {
    for (const auto other : links[a]) {
      if (other == b) return;
    }
    links[a].push_back(b);
    links[b].push_back(a);
  };
  for (std::uint32_t n = 2; n <= count; ++n)
    link(n, static_cast<std::uint32_t>(1 + random.below(n - 1)));
  for (std::uint32_t more = 0; more < count; ++more) {
    const auto a = static_cast<std::uint32_t>(1 + random.below(count));
    const auto b = static_cast<std::uint32_t>(1 + random.below(count));
    if (a != b) link(a, b);
  }
  return links;
}

// Whom a flood reaches, by breadth-first search; and how many messages its definition gives.
std::pair<std::vector<bool>, std::uint64_t> search(const Links& links, std::uint32_t ttl) {
  std::vector<bool> reached(links.size());
  std::vector<std::uint32_t> edge{1};
  std::uint64_t messages = 0;
  reached[1] = true;
  for (std::uint32_t hop = 0; hop < ttl; ++hop) {
    std::vector<std::uint32_t> beyond;
    for (const auto n : edge) {
      messages += links[n].size() - (n == 1 ? 0 : 1);
      for (const auto other : links[n]) {
        if (!reached[other]) beyond.push_back(other);
        reached[other] = true;
      }
    }
    edge = beyond;
  }
  return {reached, messages};
}

TEST_CASE(
    "a flood reaches the ball of its TTL with the messages of its definition, and finds all") {
  Random random(1);
  for (int round = 0; round < 150; ++round) {
    const auto count =
        static_cast<std::uint32_t>(random.between(std::int64_t{2}, std::int64_t{25}));
    const auto ttl = static_cast<std::uint8_t>(random.between(std::int64_t{1}, std::int64_t{12}));
    const Links links = draw_links(random, count);
    Config config = quiet();
    config.search.max_ttl = 12;
    config.search.direct_hits = round % 2 == 0;
    Network network(links, config);
    network.reached[1] = true;
    (void)network.step(1, request(5, Search{.text = "song.mp3", .ttl = ttl}));
    network.settle();
    const auto [reached, messages] = search(links, ttl);
    CHECK(network.reached == reached);
    CHECK(network.queries == messages);
    std::size_t owners = 0;
    for (std::uint32_t n = 2; n <= count; ++n) owners += reached[n] && n % 3 == 0;
    network.now = network.now + seconds(1);
    const Out ended = network.step(1, fired(Timer::search, 1));
    const auto& answer = std::get<Answer<Reply>>(ended.back());
    CHECK(std::get<Found>(answer.reply).sources.size() == owners);
  }
}

}  // namespace
}  // namespace lockstep::flood
