#include "core/raft/durability.hpp"

#include <doctest/doctest.h>

#include "core/base/random.hpp"

using namespace lockstep;
using namespace lockstep::raft;

namespace {

AppendAccepted accepted_by(std::uint64_t term, std::uint64_t match, std::uint64_t round = 0) {
  return {Term(term), LogIndex(match), ReadRound(round)};
}

std::vector<Owed> settled(Durability& durability) {
  std::vector<Owed> paid;
  durability.settle([&](const Owed& owed) { paid.push_back(owed); });
  return paid;
}

}  // namespace

TEST_CASE("what is durable grows with what the disk reports") {
  Durability durability;
  durability.started(LogIndex(3));
  CHECK(durability.log() == LogIndex(3));
  CHECK(durability.holds_vote());
  durability.wrote(Instant(), LogIndex(5), false);
  durability.wrote(Instant(), LogIndex(5), true);
  durability.wrote(Instant(), LogIndex(8), false);
  CHECK_FALSE(durability.holds_vote());
  CHECK(durability.persisted(RecordSeq(1)));
  CHECK(durability.log() == LogIndex(5));
  CHECK_FALSE(durability.holds_vote());
  CHECK(durability.persisted(RecordSeq(3)));
  CHECK(durability.log() == LogIndex(8));
  CHECK(durability.holds_vote());
}

TEST_CASE("a report that says nothing new, or names what was never written, is ignored") {
  Durability durability;
  durability.wrote(Instant(), LogIndex(2), true);
  CHECK_FALSE(durability.persisted(RecordSeq(2)));
  CHECK_FALSE(durability.persisted(RecordSeq(0)));
  CHECK(durability.log() == LogIndex(0));
  CHECK(durability.persisted(RecordSeq(1)));
  CHECK_FALSE(durability.persisted(RecordSeq(1)));
}

TEST_CASE("a write that was overwritten in memory proves nothing about what replaced it (ABA)") {
  Durability durability;
  durability.wrote(Instant(), LogIndex(10), true);
  durability.truncated(LogIndex(6));
  durability.wrote(Instant(), LogIndex(9), true);
  CHECK(durability.persisted(RecordSeq(1)));
  CHECK(durability.log() == LogIndex(5));
  CHECK(durability.persisted(RecordSeq(2)));
  CHECK(durability.log() == LogIndex(9));
  durability.truncated(LogIndex(4));
  CHECK(durability.log() == LogIndex(3));
}

TEST_CASE("the durable log is what comparing the disk's log with memory says") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Durability durability;
    std::vector<std::uint64_t> memory;  // entries as unique numbers
    std::vector<std::vector<std::uint64_t>> written{{}};
    std::size_t durable = 0;
    std::uint64_t fresh = 0;
    for (int i = 0; i < 60; ++i) {
      if (random.below(2) == 0) {
        if (random.below(3) == 0 && !memory.empty()) {
          const std::size_t from = 1 + random.below(memory.size());
          memory.resize(from - 1);
          durability.truncated(LogIndex(from));
        }
        for (std::uint64_t k = random.below(4) + 1; k > 0; --k) memory.push_back(++fresh);
        durability.wrote(Instant(), LogIndex(memory.size()), false);
        written.push_back(memory);
      } else if (durable + 1 < written.size()) {
        durable += 1 + random.below(written.size() - durable - 1);
        CHECK(durability.persisted(RecordSeq(durable)));
      }
      const auto& disk = written[durable];
      std::size_t equal = 0;
      while (equal < std::min(disk.size(), memory.size()) && disk[equal] == memory[equal]) ++equal;
      REQUIRE(durability.log() == LogIndex(equal));
    }
  }
}

TEST_CASE("an answer is owed until its record is down, in order") {
  Durability durability;
  durability.wrote(Instant(), LogIndex(1), true);
  durability.owe({RecordSeq(1), NodeId(2), VoteGranted{Term(1)}});
  durability.wrote(Instant(), LogIndex(2), false);
  durability.owe({RecordSeq(2), NodeId(3), accepted_by(1, 2)});
  CHECK(settled(durability).empty());
  CHECK(durability.persisted(RecordSeq(1)));
  CHECK(settled(durability) == std::vector<Owed>{{RecordSeq(1), NodeId(2), VoteGranted{Term(1)}}});
  CHECK(durability.persisted(RecordSeq(2)));
  CHECK(settled(durability) == std::vector<Owed>{{RecordSeq(2), NodeId(3), accepted_by(1, 2)}});
  CHECK(settled(durability).empty());
}

TEST_CASE("repeated appends do not pile up answers while the disk is slow") {
  Durability durability;
  durability.wrote(Instant(), LogIndex(4), true);
  durability.owe({RecordSeq(1), NodeId(2), accepted_by(1, 4, 1)});
  durability.owe({RecordSeq(1), NodeId(2), accepted_by(1, 2, 7)});
  durability.owe({RecordSeq(1), NodeId(3), accepted_by(1, 2, 7)});
  durability.owe({RecordSeq(1), NodeId(3), accepted_by(2, 3, 0)});
  CHECK(durability.persisted(RecordSeq(1)));
  CHECK(settled(durability) == std::vector<Owed>{{RecordSeq(1), NodeId(2), accepted_by(1, 4, 7)},
                                                 {RecordSeq(1), NodeId(3), accepted_by(1, 2, 7)},
                                                 {RecordSeq(1), NodeId(3), accepted_by(2, 3, 0)}});
}
