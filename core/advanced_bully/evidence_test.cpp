#include <doctest/doctest.h>

#include "core/advanced_bully/handlers_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::advanced_bully;

namespace {

using Messages = std::vector<Message>;

}  // namespace

TEST_CASE("a score that its digest does not support gets no vote") {
  Room room(2);
  Election election = election_of(3, 1);
  ++election.claim.score;
  CHECK(offences(room.take(from(3, election))) == Names{"unsupported_score"});
  election = election_of(3, 1);
  CHECK(offences(room.take(from(4, election))) == Names{"unsupported_score"});  // another's
  election.breakdown.health += 500;
  election.claim = bully::claim(Epoch(1), NodeId(3), election.breakdown);
  election.breakdown.health = 0;
  Room other(2);
  CHECK(offences(other.take(from(3, election))) == Names{"unsupported_score"});
  CHECK(room.machine.newest() == Epoch(0));
}

TEST_CASE("votes from the future, too old, forged, another's or of another epoch do not count") {
  const auto standing = [] {
    Room room(4);
    room.now = t0 + seconds(10'000);
    (void)room.wake();
    (void)room.sync();
    return room;
  };
  const Instant now = t0 + seconds(10'000);
  quorum::Vote forged = vote_of(1, 4, 1, now);
  forged.ballot.cast_at = now + seconds(1);
  const std::vector<std::pair<quorum::Vote, Names>> bad{
      {vote_of(1, 4, 1, now + seconds(301)), {"future"}},
      {vote_of(1, 4, 1, now - seconds(3601)), {"stale"}},
      {forged, {"bad_signature"}},
      {vote_of(2, 4, 1, now), {"bad_signature"}},  // sent by 1
      {vote_of(1, 9, 1, now), {"unknown_candidate"}},
      {vote_of(1, 4, 2, now), {}}};
  for (const auto& [vote, names] : bad) {
    CAPTURE(names.size());
    Room room = standing();
    (void)room.take(from(3, VoteCast{vote_of(3, 4, 1, now)}));
    const Out out = room.take(from(1, VoteCast{vote}));
    CHECK(offences(out) == names);
    for (const auto& event : noted<audit::ByzantineDetected>(out))
      CHECK(event.culprit == NodeId(1));
    (void)room.wake();
    CHECK(room.machine.role() == RoleName::electing);  // 3 and itself are no quorum
  }
}

TEST_CASE("proof of two votes is believed from anybody, hearsay from nobody") {
  const quorum::Evidence proof{
      quorum::Offence::double_vote, NodeId(1), {vote_of(1, 4, 3), vote_of(1, 2, 3)}};
  Room room(2);
  quorum::Evidence hearsay = proof;
  hearsay.votes[1] = vote_of(1, 4, 3);
  CHECK(room.take(from(3, Accusation{hearsay})).empty());
  hearsay = proof;
  hearsay.voter = NodeId(3);
  CHECK(room.take(from(3, Accusation{hearsay})).empty());
  const Out out = room.take(from(3, Accusation{proof}));
  CHECK(offences(out) == Names{"double_vote"});
  CHECK(room.machine.struck() == Proofs{proof});
  CHECK(room.written[0] == Record(Struck{proof}));
  CHECK(room.take(from(4, Accusation{proof})).empty());

  // Who does not know it is told before it gets a vote, and the culprit gets none.
  CHECK(sent(room.take(from(4, election_of(4, 1)))) == Messages{Accusation{proof}});
  Election own = election_of(1, 1);
  own.struck = {proof};
  CHECK(offences(room.take(from(1, own))) == Names{"unknown_candidate"});
  Election knowing = election_of(4, 1);
  knowing.struck = {proof};
  (void)room.take(from(4, knowing));
  const Messages votes = sent(room.sync(), 4);
  REQUIRE(votes.size() == 1);
  const quorum::Table table = base_table(room_config(), rooms).strike(NodeId(1)).in(Epoch(1));
  CHECK(std::get<VoteCast>(votes[0]).vote.ballot.table == table.digest());
}

TEST_CASE("a voter is proven by the certificate of the other candidate, whatever it voted before") {
  Room room(2);
  (void)room.take(from(4, ruling_of(4, 2, {2, 3, 4})));
  (void)room.take(from(1, VoteCast{vote_of(1, 2, 1)}));
  CHECK(room.take(from(1, VoteCast{vote_of(1, 3, 2)})).empty());
  CHECK(sent(room.take(from(3, VoteCast{vote_of(1, 4, 2)}))).empty());  // another's: not looked at
  const Out out = room.take(from(1, VoteCast{vote_of(1, 4, 2)}));
  const quorum::Evidence proof{
      quorum::Offence::double_vote, NodeId(1), {vote_of(1, 3, 2), vote_of(1, 4, 2)}};
  for (const std::uint32_t other : {1u, 3u, 4u})
    CHECK(sent(out, other) == Messages{Accusation{proof}});
  CHECK(room.machine.struck() == Proofs{proof});

  // The same culprit twice is no list of proofs.
  Election padded = election_of(4, 3);
  padded.struck = {proof, proof};
  CHECK(offences(room.take(from(4, padded))) == Names{"bad_signature"});
}

TEST_CASE("who is struck itself stands no more") {
  const quorum::Evidence proof{
      quorum::Offence::double_vote, NodeId(2), {vote_of(2, 4, 3), vote_of(2, 1, 3)}};
  Room room(2);
  (void)room.take(from(3, Accusation{proof}));
  for (int turn = 0; turn < 3; ++turn) {
    CHECK(sent(room.wake()).empty());
    CHECK(room.machine.role() == RoleName::waiting);
  }
}
