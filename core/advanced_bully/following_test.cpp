#include <doctest/doctest.h>

#include "core/advanced_bully/handlers_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::advanced_bully;

namespace {

using Messages = std::vector<Message>;

Room follower(std::uint64_t epoch = 1, Config config = room_config()) {
  Room room(2, config);
  (void)room.take(from(4, ruling_of(4, epoch)));
  (void)room.sync();
  REQUIRE(room.machine.leader() == NodeId(4));
  return room;
}
Heartbeat beat(std::uint64_t epoch, std::uint64_t number, std::uint64_t round = 1) {
  return {Epoch(epoch), BeatNumber(number), Renewal(round), milliseconds(20), 300, 400};
}

}  // namespace

TEST_CASE("a certificate is believed whoever brings it, and is durable") {
  Room room(2);
  const Out out = room.take(from(3, ruling_of(4, 7)));
  CHECK(room.machine.leader() == NodeId(4));
  CHECK(room.machine.epoch() == Epoch(7));
  CHECK(noted<audit::LeaderChanged>(out) ==
        std::vector{audit::LeaderChanged{Epoch(7), nobody, NodeId(4)}});
  CHECK(room.written[0] == Record(Ruled{Epoch(7), NodeId(4)}));
  CHECK(room.due == t0 + seconds(15));
}

TEST_CASE(
    "a leader's own COORDINATOR is answered as its first heartbeat is, so that one that came "
    "too early costs it no lease") {
  Room room(2);
  const Out early = room.take(from(4, beat(1, 1)));
  CHECK(sent(early) == Messages{WhoLeads{Epoch(1)}});
  const Out out = room.take(from(4, ruling_of(4, 1)));
  const std::int64_t score = bully::total(room.machine.breakdown(room.now));
  CHECK(sent(out) == Messages{HeartbeatAnswer{Epoch(1), BeatNumber(1), Renewal(1), score}});
  CHECK(sent(room.take(from(4, ruling_of(4, 1)))).empty());     // again
  CHECK(sent(Room(2).take(from(3, ruling_of(4, 1)))).empty());  // another's word
}

TEST_CASE("certificates that do not hold are refused by name") {
  Coordinator few = ruling_of(4, 1, {1, 2});
  Coordinator others = ruling_of(4, 1);
  others.certificate.candidate = NodeId(1);
  Coordinator forged = ruling_of(4, 1);
  forged.certificate.votes[0].signature.bytes[0] ^= 1;
  Coordinator twice = ruling_of(4, 1, {1, 1, 3});
  Coordinator later = ruling_of(4, 1);
  later.certificate.epoch = Epoch(2);
  Coordinator table = ruling_of(4, 1);
  table.certificate.table = {};
  const std::vector<std::pair<Coordinator, std::string>> bad{
      {few, "no_quorum"}, {others, "other_candidate"}, {forged, "bad_signature"},
      {twice, "replay"},  {later, "wrong_table"},      {table, "wrong_table"}};
  for (const auto& [ruling, name] : bad) {
    CAPTURE(name);
    Room room(2);
    const Out out = room.take(from(3, ruling));
    CHECK(offences(out) == Names{name});
    CHECK(noted<audit::ByzantineDetected>(out)[0].culprit == NodeId(3));
    CHECK(sent(out).empty());
    CHECK(room.machine.leader() == nobody);
    CHECK(offences(room.take(from(3, ruling))).empty());  // said once
  }
}

TEST_CASE("a late COORDINATOR of an older epoch is taught the newer") {
  Room room = follower(5);
  CHECK(sent(room.take(from(3, ruling_of(3, 4)))) == Messages{*room.machine.ruling()});
  CHECK(sent(room.take(from(1, ruling_of(3, 4)))).empty());  // not from the leader itself
  CHECK(sent(room.take(from(3, beat(4, 9)))) == Messages{*room.machine.ruling()});
  CHECK(room.machine.leader() == NodeId(4));
}

TEST_CASE("what a leader that is known already says of its votes is not taken over") {
  Room room = follower();
  const Coordinator proof = *room.machine.ruling();
  (void)room.wake();
  REQUIRE(room.machine.role() == RoleName::electing);
  Coordinator forged = proof;
  forged.certificate.votes.clear();
  (void)room.take(from(4, forged));
  CHECK(room.machine.leader() == NodeId(4));
  CHECK(*room.machine.ruling() == proof);
}

TEST_CASE("who hears a leader votes for nobody, and says who leads") {
  Room room = follower();
  room.now = t0 + seconds(10) - nanoseconds(1);
  CHECK(sent(room.take(from(3, election_of(3, 2)))) == Messages{*room.machine.ruling()});
  CHECK(room.machine.newest() == Epoch(1));
  room.now = t0 + seconds(10);
  (void)room.take(from(3, election_of(3, 2)));
  CHECK(sent(room.sync(), 3).size() == 1);
  CHECK(room.machine.newest() == Epoch(2));
}

TEST_CASE("more that stand on than can lie are believed that the leader is gone") {
  Room room = follower();
  for (const std::uint32_t deaf : {1u, 3u})
    CHECK(sent(room.take(from(deaf, election_of(deaf, 2)))) == Messages{*room.machine.ruling()});
  room.now = t0 + seconds(2);
  CHECK(sent(room.take(from(1, election_of(1, 3)))) == Messages{*room.machine.ruling()});
  (void)room.take(from(3, election_of(3, 4)));
  CHECK(room.machine.role() == RoleName::waiting);
  CHECK(sent(room.sync(), 3).size() == 1);
}

TEST_CASE("a heartbeat is answered with the round and the own score, once") {
  Room room = follower();
  room.now = t0 + seconds(5);
  const std::int64_t score = bully::total(plain_breakdown(2));
  CHECK(sent(room.take(from(4, beat(1, 1)))).size() == 1);
  const Out out = room.take(from(4, beat(1, 2, 3)));
  REQUIRE(sent(out, 4).size() == 1);
  const auto answer = std::get<HeartbeatAnswer>(sent(out, 4)[0]);
  CHECK(answer.number == BeatNumber(2));
  CHECK(answer.renewal == Renewal(3));
  CHECK(answer.score == bully::total(room.machine.breakdown(room.now)));
  CHECK(answer.score != score);  // a beat was kept, and the way to the leader is known
  CHECK(sent(room.take(from(4, beat(1, 2, 3)))).empty());
  CHECK(sent(room.take(from(4, beat(1, 1, 3)))).empty());
}

TEST_CASE("who is short of CPU or memory says that it wants no office, and stands all the same") {
  Config config = room_config();
  config.predicts = true;
  const auto said = [&config](std::uint32_t cpu, std::uint32_t memory) {
    Room room(2, config);
    (void)room.take(from(4, ruling_of(4, 1)));
    (void)room.take(Sampled{
        {.cpu_permille = cpu, .memory_permille = memory, .load_permille = 0, .disk_latency = {}}});
    const auto out = room.take(from(4, beat(1, 1)));
    const std::int64_t score = std::get<HeartbeatAnswer>(sent(out, 4)[0]).score;
    CHECK((score == unwilling || score == bully::total(room.machine.breakdown(room.now))));
    while (room.machine.role() != RoleName::electing) (void)room.wake();
    return score;
  };
  CHECK(said(700, 850) != unwilling);
  CHECK(said(701, 0) == unwilling);
  CHECK(said(0, 851) == unwilling);
  config.predicts = false;
  CHECK(said(1000, 1000) != unwilling);
}

TEST_CASE("a heartbeat of a leader that is not proven is asked for its certificate") {
  Room room = follower();
  CHECK(sent(room.take(from(3, beat(2, 1)))) == Messages{WhoLeads{Epoch(2)}});
  CHECK(sent(room.take(from(3, beat(1, 1)))) == Messages{WhoLeads{Epoch(1)}});
  CHECK(room.machine.leader() == NodeId(4));
}

TEST_CASE("a restarted follower finds its leader again, by the certificate and not by its word") {
  const Room before = follower();
  Room room(2, room_config(), before.written);
  CHECK(room.machine.epoch() == Epoch(1));
  CHECK(room.machine.leader() == nobody);
  CHECK(sent(room.take(from(4, beat(1, 1)))) == Messages{WhoLeads{Epoch(1)}});
  CHECK(noted<audit::LeaderChanged>(room.take(from(4, ruling_of(4, 1)))).empty());
  CHECK(room.machine.leader() == NodeId(4));
}

TEST_CASE("silence for an election_timeout is a failure; the next word from it a recovery") {
  Room room = follower();
  room.now = t0 + seconds(5);
  (void)room.take(from(4, beat(1, 1)));
  CHECK(sent(room.wake()).empty());  // it was heard since
  CHECK(room.due == t0 + seconds(20));
  const Out out = room.wake();
  CHECK(noted<audit::NodeFailed>(out) == std::vector{audit::NodeFailed{NodeId(4)}});
  CHECK(room.machine.role() == RoleName::electing);
  const Out back = room.take(from(4, beat(1, 2)));
  CHECK(noted<audit::NodeRecovered>(back) == std::vector{audit::NodeRecovered{NodeId(4)}});
  CHECK(room.machine.leader() == NodeId(4));
  CHECK(noted<audit::NodeRecovered>(room.take(from(4, beat(1, 3)))).empty());
}

TEST_CASE("missed heartbeats are noted when there was time to miss them") {
  Room room = follower();
  room.now = t0 + seconds(5);
  (void)room.take(from(4, beat(1, 1)));
  room.now = t0 + seconds(20);
  CHECK(noted<audit::HeartbeatMissed>(room.take(from(4, beat(1, 4)))) ==
        std::vector{audit::HeartbeatMissed{NodeId(4), 2}});
  for (std::uint64_t number = 100; number < 10'000; number += 100)
    CHECK(noted<audit::HeartbeatMissed>(room.take(from(4, beat(1, number)))).empty());
}

TEST_CASE("a beat that comes again or late brings no leader back") {
  Room room = follower();
  (void)room.take(from(4, beat(1, 5)));
  (void)room.wake();
  (void)room.wake();
  REQUIRE(room.machine.role() == RoleName::electing);
  for (const std::uint64_t number : {1u, 5u})
    CHECK(sent(room.take(from(4, beat(1, number)))).empty());
  CHECK(room.machine.role() == RoleName::electing);
  CHECK(sent(room.take(from(4, beat(1, 6))), 4).size() == 1);
  CHECK(room.machine.leader() == NodeId(4));
}

TEST_CASE("a leader that resigned is followed no more, whatever of it arrives late") {
  Room room = follower();
  (void)room.take(from(4, beat(1, 1)));
  (void)room.take(from(4, Resigned{Epoch(1), NodeId(3)}));
  CHECK(sent(room.take(from(4, beat(1, 2)))).empty());
  CHECK(sent(room.take(from(4, ruling_of(4, 1)))).empty());
  CHECK(room.machine.role() == RoleName::waiting);
  (void)room.take(from(4, ruling_of(4, 3)));  // the next office is another
  CHECK(sent(room.take(from(4, beat(3, 1)))).size() == 1);
  CHECK(room.machine.leader() == NodeId(4));
}

TEST_CASE("the heir of who resigned stands at once, the others wait for it") {
  Room heir = follower();
  CHECK(sent(heir.take(from(4, Resigned{Epoch(1), NodeId(2)})), 1).size() == 1);
  CHECK(heir.machine.role() == RoleName::electing);
  for (const std::uint32_t named : {3u, 99u}) {
    Room room = follower();
    CHECK(sent(room.take(from(3, Resigned{Epoch(1), NodeId(2)}))).empty());  // not the leader's
    CHECK(room.machine.role() == RoleName::follower);
    CHECK(sent(room.take(from(4, Resigned{Epoch(1), NodeId(named)}))).empty());
    CHECK(room.machine.role() == RoleName::waiting);
    CHECK(room.due == t0 + seconds(5));
    // The leader is passed over, and gets no vote before its cool-down is over.
    CHECK(sent(room.take(from(4, election_of(4, 2)))) == Messages{VoteRefused{Epoch(2), Epoch(1)}});
  }
}

TEST_CASE("the heir gets the vote of who waits for it, though that one is fitter by now") {
  Room room(3);
  (void)room.take(from(4, ruling_of(4, 1)));
  (void)room.take(from(4, Resigned{Epoch(1), NodeId(2)}));
  (void)room.take(from(2, election_of(2, 2)));
  CHECK(room.machine.role() == RoleName::waiting);
  CHECK(sent(room.sync(), 2).size() == 1);
}

TEST_CASE("a leader whose vitals run away is asked to hand over, once a cool_down") {
  Config config = room_config();
  config.predicts = true;
  Room room = follower(1, config);
  std::vector<Instant> asked_at;
  for (std::uint64_t number = 1; number < 20; ++number) {
    room.now = room.now + seconds(5);
    Heartbeat heartbeat = beat(1, number);
    heartbeat.memory_permille = number < 8 ? 300 : 990;
    const Out out = room.take(from(4, heartbeat));
    const auto preempted = noted<audit::PreemptiveElection>(out);
    if (preempted.empty()) continue;
    asked_at.push_back(room.now);
    CHECK(preempted[0].leader == NodeId(4));
    CHECK(preempted[0].failure_permille == room.machine.assessment().probability);
    CHECK(sent(out, 4)[0] == Message(HandOverAsked{Epoch(1), preempted[0].failure_permille}));
  }
  REQUIRE(asked_at.size() == 1);
  CHECK(asked_at[0] <= t0 + seconds(55));
}

TEST_CASE("weights are a leader's to say, once a round, and are durable") {
  Config config = room_config();
  Room room = follower(1, config);
  const auto weights = [](std::uint32_t last) {
    return Weights{quorum::Weight(20), quorum::Weight(20), quorum::Weight(20),
                   quorum::Weight(last)};
  };
  (void)room.take(from(3, Weighed{Epoch(1), weights(9)}));  // does not lead
  (void)room.take(from(4, Weighed{Epoch(2), weights(9)}));
  CHECK(room.machine.weights().empty());
  for (const Weights& bad : {weights(0), weights(21), Weights{quorum::plain}})
    (void)room.take(from(4, Weighed{Epoch(1), bad}));
  CHECK(room.machine.weights().empty());
  (void)room.take(from(4, Weighed{Epoch(1), weights(9)}));
  CHECK(room.machine.weights() == weights(9));
  CHECK(room.written.back() == Record(Weighed{Epoch(1), weights(9)}));
  room.now = room.now + seconds(40) - nanoseconds(1);
  CHECK(room.take(from(4, Weighed{Epoch(1), weights(8)})).empty());  // before the next round
  room.now = room.now + nanoseconds(1);
  (void)room.take(from(4, Weighed{Epoch(1), weights(7)}));
  CHECK(Room(2, config, room.written).machine.weights() == weights(7));
  config.f = 0;
  config.mode = quorum::Mode::majority;  // all weigh the same in another configuration
  CHECK(Room(2, config, room.written).machine.weights().empty());
  config = room_config();
  config.adapts_weights = false;
  Room fixed = follower(1, config);
  (void)fixed.take(from(4, Weighed{Epoch(1), weights(9)}));
  CHECK(fixed.machine.weights().empty());
}
