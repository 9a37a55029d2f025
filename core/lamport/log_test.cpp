#include "core/lamport/log.hpp"

#include <doctest/doctest.h>

#include "core/base/check.hpp"
#include "core/base/random.hpp"

namespace lockstep::lamport {
namespace {

Entry entry(std::uint64_t time, std::uint32_t node, std::uint64_t number, std::uint64_t sequence) {
  return {{LamportTime(time), NodeId(node)},
          Number(number),
          {ClientId(1), Sequence(sequence)},
          "m" + std::to_string(sequence)};
}

Log::Outcome put(Log& log, Entry entry) {
  const Stamp stamp = entry.stamp;
  const Number number = entry.number;
  log.accept(std::move(entry));
  log.settle(stamp.node, number);
  return log.show(stamp.node, number);
}

TEST_CASE("a log shows what is durable in the order of time, and of nodes where times are equal") {
  Log log(3);
  put(log, entry(5, 2, 1, 1));
  put(log, entry(5, 1, 1, 2));
  put(log, entry(3, 3, 1, 3));
  log.accept(entry(9, 3, 2, 4));
  std::vector<Stamp> stamps;
  for (const auto& [stamp, number] : log.order()) stamps.push_back(stamp);
  CHECK(stamps == std::vector<Stamp>{{LamportTime(3), NodeId(3)},
                                     {LamportTime(5), NodeId(1)},
                                     {LamportTime(5), NodeId(2)}});
  CHECK(log.last(NodeId(3)) == Number(2));
  CHECK(log.durable(NodeId(3)) == Number(1));
  CHECK(log.highest() == Stamp{LamportTime(9), NodeId(3)});
  CHECK_THROWS_AS(log.show(NodeId(3), Number(2)), CheckFailed);
  CHECK_THROWS_AS(log.accept(entry(10, 3, 4, 5)), CheckFailed);
  CHECK_THROWS_AS(log.accept(entry(9, 3, 3, 5)), CheckFailed);
}

TEST_CASE("of two stamps of one message the smaller one is shown, whichever came first") {
  Log late(2), early(2);
  CHECK(put(late, entry(7, 1, 1, 1)).dropped == std::nullopt);
  const Log::Outcome moved = put(late, entry(4, 2, 1, 1));
  CHECK(moved.kept.time == LamportTime(4));
  CHECK(moved.dropped->time == LamportTime(7));
  put(early, entry(4, 2, 1, 1));
  CHECK(put(early, entry(7, 1, 1, 1)).dropped->time == LamportTime(7));
  CHECK(late.order() == early.order());
  CHECK(late.order().size() == 1);
  CHECK(late.find({ClientId(1), Sequence(1)})->stamp.time == LamportTime(4));
  CHECK(late.find({ClientId(1), Sequence(2)}) == nullptr);
}

// The naive twin: all entries, sorted, the first of each origin.
TEST_CASE("equal sets of entries make equal orders, in whatever order they come") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    std::vector<std::vector<Entry>> streams(3);
    std::map<Stamp, Origin> all;
    for (std::uint32_t node = 1; node <= 3; ++node) {
      std::uint64_t time = 0;
      for (std::uint64_t number = 1; number <= 8; ++number) {
        time += 1 + random.below(4);
        streams[node - 1].push_back(entry(time, node, number, random.below(12)));
        all.emplace(streams[node - 1].back().stamp, streams[node - 1].back().origin);
      }
    }
    std::map<Stamp, Origin> twin;
    std::map<Origin, Stamp> first;
    for (const auto& [stamp, origin] : all) {
      if (first.emplace(origin, stamp).second) twin.emplace(stamp, origin);
    }
    Log log(3);
    std::vector<std::size_t> next(3);
    while (next[0] + next[1] + next[2] < 24) {
      const std::size_t node = random.below(3);
      if (next[node] < 8) put(log, streams[node][next[node]++]);
    }
    std::map<Stamp, Origin> shown;
    for (const auto& [stamp, number] : log.order())
      shown.emplace(stamp, log.at(stamp.node, number).origin);
    CHECK(shown == twin);
  }
}

}  // namespace
}  // namespace lockstep::lamport
