#include "sim/protocols/raft_watch.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace lockstep;
using namespace lockstep::sim;

namespace {

using Alphabet = kv::Replica::Alphabet;

// n2 of three grants n1 its vote, as Raft does, and hands term and vote to its disk.
struct Voter {
  RaftWatch watch;
  kv::Replica replica{NodeId(2), {NodeId(1), NodeId(2), NodeId(3)}, {}, 7};
  Effects<Alphabet> out;
  const Event<Alphabet> asked = Received<raft::Message>{
      NodeId(1), raft::VoteRequest{.term = raft::Term(1), .last_index = {}, .last_term = {}}};

  Voter() : watch(three()) {
    watch.started(Instant(), NodeId(2), {});
    step(Started<raft::Record>{});
    watch.stepped(Instant(), NodeId(2), replica, Started<raft::Record>{}, out);
    step(asked);
  }
  static Scenario three() {
    Scenario scenario;
    scenario.nodes = 3;
    return scenario;
  }
  void step(const Event<Alphabet>& event) {
    out.clear();
    replica.step(Instant(), event, out);
  }
  // What the watch finds when the first `upto` records are said to be down.
  std::vector<Violation> told(std::uint64_t upto) {
    const Event<Alphabet> down = Persisted{RecordSeq(upto)};
    Effects<Alphabet> says{Send<raft::Message>{NodeId(1), raft::VoteGranted{raft::Term(1)}}};
    watch.stepped(Instant(), NodeId(2), replica, down, says);
    return watch.violations();
  }
};

raft::Record term_alone() { return {raft::Term(1), nobody, raft::LogIndex{}, {}}; }

// The same records, in a write for each.
Effects<Alphabet> in_several_writes(std::vector<raft::Record> records) {
  Effects<Alphabet> out;
  for (auto& record : records) out.emplace_back(Persist<raft::Record>{{record}});
  return out;
}

raft::Record vote_in(const Effects<Alphabet>& out) {
  for (const auto& effect : out) {
    if (const auto* persist = std::get_if<Persist<raft::Record>>(&effect))
      return persist->records.front();
  }
  FAIL("the vote is written");
  return {};
}

}  // namespace

TEST_CASE("a vote that is granted when its record is down is as it should be") {
  Voter voter;
  voter.watch.stepped(Instant(), NodeId(2), voter.replica, voter.asked, voter.out);
  CHECK(voter.told(1).empty());
}

TEST_CASE("every write of a step counts, in its order") {
  Voter voter;
  const raft::Record vote = vote_in(voter.out);
  voter.watch.stepped(Instant(), NodeId(2), voter.replica, voter.asked,
                      in_several_writes({term_alone(), term_alone(), vote}));
  SUBCASE("all are down") { CHECK(voter.told(3).empty()); }
  SUBCASE("the vote is not") {
    const auto found = voter.told(2);
    REQUIRE(found.size() == 1);
    CHECK(found[0].rule == "said before durable");
  }
}
