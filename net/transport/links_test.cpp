#include "net/transport/links.hpp"

#include <doctest/doctest.h>

#include "net/transport/transports_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::net;

namespace {

struct LinkedPair : Members {
  explicit LinkedPair(bool datagrams = false)
      : Members(2, [datagrams](TransportOptions& options) {
          options.datagrams = datagrams;
          options.datagram_key = "key";
        }) {
    start(1);
    start(2);
    REQUIRE(connected(1, 2));
    REQUIRE(connected(2, 1));
  }
  void fault(std::uint32_t at_node, std::uint32_t peer, Direction direction, LinkFault fault) {
    at(at_node).faults().set(NodeId(peer), direction, fault);
  }
  std::size_t arrived() { return got[2].size(); }
};

constexpr LinkFault cut{true, {}, {}, {}};

}  // namespace

TEST_CASE("a cut loses messages without a word, in its direction only, until it is cleared") {
  for (const bool outwards : {true, false}) {
    for (const Channel channel : {Channel::reliable, Channel::datagram}) {
      LinkedPair pair(channel == Channel::datagram);
      if (outwards) {
        pair.fault(1, 2, Direction::out, cut);
      } else {
        pair.fault(2, 1, Direction::in, cut);
      }
      pair.send(1, 2, "lost", channel);
      pair.send(2, 1, "other way", channel);
      REQUIRE(pair.until([&] { return pair.got[1].size() == 1; }));
      if (!outwards) REQUIRE(pair.until([&] { return pair.status(2, 1).received_messages == 1; }));
      pair.at(1).faults().clear();
      pair.at(2).faults().clear();
      pair.send(1, 2, "healed", channel);
      REQUIRE(pair.until([&] { return pair.arrived() == 1; }));
      CHECK(pair.got[2][0].second == "healed");
      CHECK(pair.status(1, 2).dropped_messages == 0);
      CHECK(pair.status(1, 2).connects == 1);
    }
  }
}

TEST_CASE("a delay holds messages for its time and keeps their order") {
  for (const bool outwards : {true, false}) {
    LinkedPair pair;
    const LinkFault delay{false, milliseconds(60), {}, {}};
    if (outwards) {
      pair.fault(1, 2, Direction::out, delay);
    } else {
      pair.fault(2, 1, Direction::in, delay);
    }
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i) pair.send(1, 2, std::to_string(i));
    REQUIRE(pair.until([&] { return pair.arrived() == 100; }));
    CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(60));
    for (std::size_t i = 0; i < 100; ++i) CHECK(pair.got[2][i].second == std::to_string(i));
  }
}

TEST_CASE("a shorter delay overtakes a longer one, and a cut loses what is held") {
  LinkedPair pair;
  pair.fault(1, 2, Direction::out, {false, milliseconds(80), {}, {}});
  pair.send(1, 2, "slow");
  pair.fault(1, 2, Direction::out, {false, milliseconds(10), {}, {}});
  pair.send(1, 2, "quick");
  REQUIRE(pair.until([&] { return pair.arrived() == 2; }));
  CHECK(pair.got[2][0].second == "quick");
  CHECK(pair.got[2][1].second == "slow");
  pair.send(1, 2, "held");
  pair.fault(1, 2, Direction::out, cut);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(40);
  pair.until([&] { return std::chrono::steady_clock::now() > end; });
  pair.at(1).faults().clear();
  pair.send(1, 2, "after");
  REQUIRE(pair.until([&] { return pair.arrived() == 3; }));
  CHECK(pair.got[2][2].second == "after");
}

TEST_CASE("drop and duplicate strike as often as they say") {
  for (const Direction direction : {Direction::out, Direction::in}) {
    LinkedPair pair;
    const std::uint32_t at = direction == Direction::out ? 1 : 2;
    const auto sent = [&](LinkFault fault) {
      pair.got[2].clear();
      pair.fault(at, 3 - at, direction, fault);
      for (int i = 0; i < 4000; ++i) pair.at(1).send(NodeId(2), Channel::reliable, "x");
      pair.at(1).flush();
      const auto passed = [&] {
        return pair.status(2, 1).received_messages == pair.status(1, 2).sent_messages &&
               pair.status(1, 2).queued_bytes == 0;
      };
      REQUIRE(pair.until(passed));
      return pair.arrived();
    };
    const auto kept = sent({false, {}, {1, 4}, {}});
    CHECK(kept > 2850);
    CHECK(kept < 3150);
    const auto twice = sent({false, {}, {}, {1, 4}});
    CHECK(twice > 4850);
    CHECK(twice < 5150);
  }
}

TEST_CASE("a transport may go while a delay holds messages") {
  LinkedPair pair;
  pair.fault(1, 2, Direction::out, {false, milliseconds(5), {}, {}});
  pair.fault(2, 1, Direction::in, {false, milliseconds(5), {}, {}});
  pair.send(1, 2, "never");
  pair.stop(1);
  pair.stop(2);
  CHECK(pair.until([&] { return pair.io.poll() == 0; }));
  CHECK(pair.arrived() == 0);
}
