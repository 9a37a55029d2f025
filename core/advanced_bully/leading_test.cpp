#include <doctest/doctest.h>

#include "core/advanced_bully/handlers_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::advanced_bully;

namespace {

using Messages = std::vector<Message>;

// Node 4 leads epoch 1 since 2 s; nobody has answered a heartbeat yet.
Room leader(Config config = room_config()) {
  Room room(4, config);
  (void)room.wake();
  (void)room.sync();
  for (const std::uint32_t voter : {1u, 2u, 3u})
    (void)room.take(from(voter, VoteCast{vote_of(voter, 4, 1, room.now)}));
  (void)room.sync();
  REQUIRE(room.machine.role() == RoleName::coordinator);
  return room;
}
Out answer(Room& room, std::uint32_t member, std::uint64_t number, std::uint64_t round,
           std::int64_t score = 0) {
  return room.take(from(
      member, HeartbeatAnswer{room.machine.epoch(), BeatNumber(number), Renewal(round), score}));
}
// The same with a lease, until 31.7 s.
Room acting(Config config = room_config()) {
  Room room = leader(config);
  for (const std::uint32_t member : {1u, 2u}) (void)answer(room, member, 1, 1);
  REQUIRE(room.machine.may_act(room.now));
  return room;
}
// Lets the leader beat until then, unanswered.
void unheard(Room& room, Instant until) {
  while (room.machine.role() == RoleName::coordinator && room.due < until) (void)room.wake();
}

}  // namespace

TEST_CASE("a leader may act once a quorum granted its lease, itself included") {
  Room room = leader();
  CHECK(!room.machine.may_act(room.now));
  (void)answer(room, 1, 1, 1);
  CHECK(!room.machine.may_act(room.now));  // 20 of 26
  (void)answer(room, 1, 1, 1);             // again
  (void)answer(room, 2, 1, 9);             // a round that never was
  CHECK(!room.machine.may_act(room.now));
  (void)room.take(from(3, HeartbeatAnswer{Epoch(2), BeatNumber(1), Renewal(1), 0}));
  CHECK(!room.machine.may_act(room.now));  // of another epoch
  (void)answer(room, 3, 1, 1);
  CHECK(room.machine.may_act(room.now));
}

TEST_CASE("an answer that comes again or late, or to a beat that never was, says nothing") {
  Room room = acting();
  (void)room.wake();
  (void)answer(room, 1, 2, 1, 500);
  const AdvancedBully before = room.machine;
  room.now = room.now + seconds(1);
  for (const std::uint64_t number : {1u, 2u, 3u}) (void)answer(room, 1, number, 1, 900);
  CHECK(room.machine == before);
}

TEST_CASE("the lease is counted from the sending, however late the answers come") {
  Room room = leader();
  const Instant sent_at = room.now;
  room.now = sent_at + seconds(4);
  for (const std::uint32_t member : {1u, 2u}) (void)answer(room, member, 1, 1);
  const Instant end = sent_at + fencing::usable(room_config().lease);
  CHECK(room.machine.may_act(end - nanoseconds(1)));
  CHECK(!room.machine.may_act(end));
}

TEST_CASE("a leader that nobody answers acts no more when its lease ends, and steps down") {
  Room room = acting();
  const Instant end = room.now + fencing::usable(room_config().lease);
  unheard(room, end);
  CHECK(room.machine.role() == RoleName::coordinator);
  CHECK(room.machine.may_act(end - nanoseconds(1)));
  CHECK(replies(room.take(asked(1, Guard{"key", "value"}))).empty());
  room.now = end;
  CHECK(replies(room.take(asked(2, Guard{"key", "value"}))) == std::vector<Reply>{NotNow{}});
  const Out out = room.wake();
  CHECK(room.machine.role() == RoleName::follower);
  CHECK(room.machine.leader() == nobody);
  CHECK(replies(out) == std::vector<Reply>{Doubtful{}});  // it was begun
  CHECK(replies(room.take(asked(3, Guard{"key", "value"}))) ==
        std::vector<Reply>{NotLeader{nobody}});
}

TEST_CASE("a leader without its first lease gives up after an election timeout") {
  Room room = leader();
  const Instant end = room.now + seconds(15);
  unheard(room, end);
  CHECK(room.machine.role() == RoleName::coordinator);
  (void)room.wake();
  CHECK(room.machine.role() == RoleName::follower);
}

TEST_CASE("a leader whose first lease is on its way is not deposed by whoever stands") {
  Room room = leader();
  room.now = room.now + seconds(10) - nanoseconds(1);
  Election fitter = election_of(3, 2);
  fitter.breakdown.critical_boost = 200'000;
  fitter.claim = bully::claim(Epoch(2), NodeId(3), fitter.breakdown);
  CHECK(sent(room.take(from(3, fitter))) == Messages{*room.machine.ruling()});
  CHECK(room.machine.role() == RoleName::coordinator);
  room.now = room.now + nanoseconds(1);
  (void)room.take(from(3, fitter));
  CHECK(room.machine.role() == RoleName::waiting);
}

TEST_CASE("heartbeats carry the newest round, a beat later than it is due at most") {
  Room room = acting();
  std::vector<Renewal> rounds;
  for (int beat = 0; beat < 5; ++beat) {
    const Messages messages = sent(room.wake(), 1);
    REQUIRE(messages.size() == 1);
    const auto& heartbeat = std::get<Heartbeat>(messages[0]);
    CHECK(heartbeat.number == BeatNumber(static_cast<std::uint64_t>(beat) + 2));
    rounds.push_back(heartbeat.renewal);
    (void)answer(room, 1, heartbeat.number.value(), heartbeat.renewal.value());
    (void)answer(room, 2, heartbeat.number.value(), heartbeat.renewal.value());
  }
  CHECK(rounds == std::vector{Renewal(1), Renewal(2), Renewal(2), Renewal(3), Renewal(3)});
  CHECK(room.machine.may_act(room.now + seconds(24)));
}

TEST_CASE("a restarted leader does not lead its epoch, though all it had was down") {
  Room room = acting();
  (void)room.sync();
  Room back(4, room_config(), room.written);
  CHECK(back.machine.role() == RoleName::follower);
  CHECK(back.machine.epoch() == Epoch(1));
  CHECK(back.machine.trail().snapshot() == room.machine.trail().snapshot());
  // Its own certificate changes nothing; the next epoch is another one.
  CHECK(sent(back.take(from(1, *room.machine.ruling()))).empty());
  CHECK(back.machine.role() == RoleName::follower);
  CHECK(back.machine.token().none());
  (void)back.wake();
  CHECK(back.machine.newest() == Epoch(2));
}

TEST_CASE("a leader that reads of a later one follows it, and one of an earlier is taught") {
  Room room = acting();
  const Coordinator own = *room.machine.ruling();
  // A rival of the same epoch proves that 1 and 3 voted twice, and changes no leader.
  (void)room.take(from(1, ruling_of(3, 1)));
  CHECK(room.machine.struck().size() == 2);
  CHECK(room.machine.role() == RoleName::coordinator);
  CHECK(sent(room.take(from(3, Heartbeat{Epoch(0), BeatNumber(1), Renewal(1), {}, 0, 0}))) ==
        Messages{own});
  (void)room.take(from(1, ruling_of(1, 2, {1, 2, 3})));
  CHECK(room.machine.role() == RoleName::follower);
  CHECK(room.machine.leader() == NodeId(1));
  CHECK(sent(room.take(from(2, WhoLeads{Epoch(2)}))).size() == 1);
}

TEST_CASE("more must ask for a hand-over than can lie") {
  Room room = acting();
  CHECK(sent(room.take(from(1, HandOverAsked{Epoch(1), 900}))).empty());
  CHECK(sent(room.take(from(1, HandOverAsked{Epoch(1), 900}))).empty());
  CHECK(sent(room.take(from(2, HandOverAsked{Epoch(7), 900}))).empty());
  const Out out = room.take(from(2, HandOverAsked{Epoch(1), 900}));
  CHECK(sent(out, 3) == Messages{Resigned{Epoch(1), NodeId(2)}});  // the fittest that it has heard
  CHECK(room.machine.role() == RoleName::follower);

  Config config = room_config();
  config.mode = quorum::Mode::majority;
  Room trusting(4, config);
  (void)trusting.wake();
  (void)trusting.sync();
  const quorum::Table table = base_table(config, rooms).in(Epoch(1));
  for (const std::uint32_t voter : {1u, 2u, 3u}) {
    const auto vote = quorum::cast({.cluster = config.cluster,
                                    .epoch = Epoch(1),
                                    .table = table.digest(),
                                    .claim = election_of(4, 1).claim,
                                    .cast_at = trusting.now,
                                    .voter = NodeId(voter)},
                                   key_of(voter));
    (void)trusting.take(from(voter, VoteCast{vote}));
  }
  REQUIRE(trusting.machine.role() == RoleName::coordinator);
  (void)answer(trusting, 1, 1, 1);
  (void)answer(trusting, 2, 1, 1);
  CHECK(sent(trusting.take(from(1, HandOverAsked{Epoch(1), 900})), 1) ==
        Messages{Resigned{Epoch(1), NodeId(2)}});
}

TEST_CASE("who asked a cool_down ago asks no more") {
  Room room = acting();
  (void)room.take(from(1, HandOverAsked{Epoch(1), 900}));
  for (const Instant end = room.now + seconds(60); room.now < end;) {
    const auto beat = std::get<Heartbeat>(sent(room.wake(), 1)[0]);
    for (const std::uint32_t member : {1u, 2u})
      (void)answer(room, member, beat.number.value(), beat.renewal.value());
  }
  CHECK(sent(room.take(from(2, HandOverAsked{Epoch(1), 900}))).empty());
  CHECK(room.machine.role() == RoleName::coordinator);
}

TEST_CASE("who resigned stands aside until its cool-down is over") {
  Room room = acting();
  (void)room.take(asked(1, HandOver{}));
  REQUIRE(room.machine.role() == RoleName::follower);
  const Instant resigned = room.now;
  while (room.due < resigned + seconds(60)) {
    CHECK(sent(room.wake()).empty());
    CHECK(room.machine.role() == RoleName::waiting);
  }
  // It votes for whoever stands, fit or not.
  (void)room.take(from(1, election_of(1, 5)));
  CHECK(sent(room.sync(), 1).size() == 1);
  Room later = room;
  later.now = resigned + seconds(60);
  CHECK(sent(later.take(from(2, election_of(2, 6))), 2)[0] ==
        Message(advanced_bully::Answer{Epoch(6)}));
}

TEST_CASE("hand-back: only to one fitter by the hysteresis, after min_office") {
  const std::int64_t own = bully::total(plain_breakdown(4));
  for (const bool enough : {false, true}) {
    Room room = acting();
    const Instant since = room.now;
    Out out;
    while (room.machine.role() == RoleName::coordinator && room.now < since + seconds(90)) {
      out = room.wake();
      if (room.machine.role() != RoleName::coordinator) break;
      const auto beat = std::get<Heartbeat>(sent(out, 1).back());
      // The leader's own reliability grows with its beats, by 200 points at most.
      const std::int64_t fitter =
          bully::total(room.machine.breakdown(room.now)) + 100'000 + (enough ? 20'000 : 0);
      (void)answer(room, 1, beat.number.value(), beat.renewal.value(), own);
      (void)answer(room, 2, beat.number.value(), beat.renewal.value(),
                   enough ? fitter : fitter - 20'000);
    }
    CHECK((room.machine.role() == RoleName::follower) == enough);
    if (enough) {
      CHECK(room.now == since + seconds(60));
      CHECK(sent(out, 1) == Messages{Resigned{Epoch(1), NodeId(2)}});
    }
  }
}

TEST_CASE("an heir that wants no office gets it only when nobody else can have it") {
  Room room = leader();
  (void)answer(room, 2, 1, 1, unwilling);
  Room other = room;
  (void)answer(room, 1, 1, 1);
  (void)answer(other, 1, 1, 1, unwilling);
  CHECK(sent(room.take(asked(1, HandOver{})), 3) == Messages{Resigned{Epoch(1), NodeId(1)}});
  CHECK(sent(other.take(asked(1, HandOver{})), 3) == Messages{Resigned{Epoch(1), NodeId(2)}});
}

TEST_CASE("an heir that is struck is no heir") {
  Room room = acting();
  const quorum::Evidence proof{
      quorum::Offence::double_vote, NodeId(2), {vote_of(2, 4, 3), vote_of(2, 1, 3)}};
  (void)room.take(from(3, Accusation{proof}));
  CHECK(sent(room.take(asked(1, HandOver{})), 3) == Messages{Resigned{Epoch(1), NodeId(1)}});
}

TEST_CASE("one member that answers late makes no leader look slow; a term led counts") {
  Room room = leader();
  room.now = room.now + milliseconds(20);
  for (const std::uint32_t member : {1u, 2u}) (void)answer(room, member, 1, 1);
  room.now = room.now + seconds(4);
  (void)answer(room, 3, 1, 1);
  (void)room.wake();
  const bully::Breakdown own = room.machine.breakdown(room.now);
  CHECK(own.latency == -100 * 100);                 // 10 ms of 100 ms
  CHECK(own.reliability == (666 + 666) / 2 * 400);  // one beat, one term
}

TEST_CASE("how reliable a room is survives its restarts; a crash in office is a failure") {
  const auto history = [](const Room& room) {
    return Room(4, room_config(), room.written).machine.breakdown(t0).reliability;
  };
  const auto worth = [](const bully::History& h) {
    bully::Measures measures;
    measures.history = h;
    return bully::score(room_config().score, NodeId(4), measures).reliability;
  };
  Room room = acting();
  CHECK(history(room) == worth({.beats = 0, .missed = 0, .terms = 1, .failed = 1}));
  for (std::uint64_t number = 2; number <= 70; ++number) {
    (void)room.wake();
    for (const std::uint32_t member : {1u, 2u, 3u}) (void)answer(room, member, number, number / 2);
  }
  CHECK(history(room) == worth({.beats = 64, .missed = 0, .terms = 1, .failed = 1}));
  Room without_quorum = room;
  unheard(without_quorum, room.now + seconds(60));
  REQUIRE(without_quorum.machine.role() == RoleName::follower);
  CHECK(history(without_quorum) ==
        without_quorum.machine.breakdown(without_quorum.now).reliability);
  CHECK(history(without_quorum) < 260'000);  // its one term failed
  (void)room.take(asked(1, HandOver{}));
  CHECK(history(room) == worth({.beats = 69, .missed = 0, .terms = 1, .failed = 0}));
  CHECK(history(room) == room.machine.breakdown(room.now).reliability);
}

TEST_CASE("an action whose turn comes after the lease is not begun") {
  Room room = acting();
  (void)room.sync();
  (void)room.take(asked(1, Guard{"key", "value"}));
  (void)room.take(asked(2, Guard{"key", "value"}));
  (void)room.sync();
  room.now = room.now + fencing::usable(room_config().lease);
  (void)room.take(from(1, ActAccepted{ActionId(1)}));
  const Out out = room.take(from(2, ActAccepted{ActionId(1)}));
  CHECK(replies(out) == std::vector<Reply>{Guarded{{Epoch(1), 2}}, NotLeader{nobody}});
  CHECK(sent(out).empty());
  CHECK(room.machine.role() == RoleName::follower);
}
