// Claims: what a breakdown supports, and what a liar may try.
#include <doctest/doctest.h>

#include <functional>
#include <limits>

#include "core/bully/measures_for_tests.hpp"
#include "core/bully/score.hpp"

using namespace lockstep;
using namespace lockstep::bully;

namespace {

constexpr std::int64_t longest = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("a claim is supported by its own breakdown, in its epoch, and by no other") {
  const ScoreConfig config;
  const Breakdown breakdown = score(config, NodeId(2), healthy());
  const quorum::Claim honest = claim(Epoch(3), NodeId(2), breakdown);
  CHECK(honest.candidate == NodeId(2));
  CHECK(honest.score == total(breakdown));
  CHECK(supports(config, Epoch(3), breakdown, honest));
  CHECK_FALSE(supports(config, Epoch(4), breakdown, honest));
  quorum::Claim raised = honest;
  raised.score += 1;
  CHECK_FALSE(supports(config, Epoch(3), breakdown, raised));
  quorum::Claim other = honest;
  other.digest = quorum::ScoreDigest(1);
  CHECK_FALSE(supports(config, Epoch(3), breakdown, other));
  other = honest;
  other.candidate = NodeId(3);
  CHECK_FALSE(supports(config, Epoch(3), breakdown, other));
  Breakdown moved = breakdown;  // of equal total
  moved.health -= 3 * 500;
  moved.uptime += 5 * 300;
  REQUIRE(possible(config, NodeId(2), moved));
  REQUIRE(total(moved) == total(breakdown));
  CHECK_FALSE(supports(config, Epoch(3), moved, honest));
}

TEST_CASE("a claim is its candidate's own, though ids weigh nothing and breakdowns are equal") {
  const Breakdown breakdown = score(fittest(), NodeId(2), healthy());
  quorum::Claim stolen = claim(Epoch(3), NodeId(2), breakdown);
  CHECK(supports(fittest(), Epoch(3), breakdown, stolen));
  stolen.candidate = NodeId(3);
  CHECK_FALSE(supports(fittest(), Epoch(3), breakdown, stolen));
}

TEST_CASE("a breakdown that no measures give supports nothing, whatever its digest") {
  const ScoreConfig config;
  const Breakdown good = score(config, NodeId(2), healthy());
  REQUIRE(possible(config, NodeId(2), good));
  CHECK_FALSE(possible(config, NodeId(3), good));
  const ScoreConfig free{.weights = {.latency = 0}};
  const std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  const auto forged = [&](const std::function<void(Breakdown&)>& change) {
    Breakdown breakdown = good;
    change(breakdown);
    return supports(config, Epoch(3), breakdown, claim(Epoch(3), NodeId(2), breakdown));
  };
  CHECK(forged([](Breakdown& b) { b.health = 1000 * 500; }));
  CHECK(forged([](Breakdown& b) { b.load = 0; }));
  CHECK_FALSE(forged([](Breakdown& b) { b.id = 9'000'000; }));
  CHECK_FALSE(forged([](Breakdown& b) { b.health = 1001 * 500; }));
  CHECK_FALSE(forged([](Breakdown& b) { b.health += 1; }));
  CHECK_FALSE(forged([](Breakdown& b) { b.uptime = -300; }));
  CHECK_FALSE(forged([](Breakdown& b) { b.load = 200; }));
  CHECK_FALSE(forged([](Breakdown& b) { b.latency = 100; }));
  CHECK_FALSE(forged([&](Breakdown& b) { b.latency = lowest; }));
  CHECK_FALSE(forged([&](Breakdown& b) { b.load = lowest; }));
  CHECK_FALSE(forged([](Breakdown& b) { b.reliability = 1001 * 400; }));
  CHECK_FALSE(forged([](Breakdown& b) { b.resources = 1001 * 250; }));
  CHECK_FALSE(forged([](Breakdown& b) { b.cpu_penalty = 500; }));
  CHECK_FALSE(forged([](Breakdown& b) { b.memory_penalty = 500; }));
  CHECK_FALSE(forged([](Breakdown& b) { b.critical_boost = 1001 * 200; }));
  CHECK_FALSE(forged([&](Breakdown& b) {
    b.uptime = longest;
    b.health = longest;
  }));
  CHECK_FALSE(possible(free, NodeId(2), good));
  Breakdown without = good;
  without.latency = 0;
  CHECK(possible(free, NodeId(2), without));
}
