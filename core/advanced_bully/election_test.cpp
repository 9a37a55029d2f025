#include <doctest/doctest.h>

#include <type_traits>

#include "core/advanced_bully/handlers_for_tests.hpp"
#include "core/advanced_bully/mini_network_test.hpp"
#include "core/base/check.hpp"

using namespace lockstep;
using namespace lockstep::advanced_bully;

static_assert(Machine<AdvancedBully>);

namespace {

using Messages = std::vector<Message>;

Room electing(std::uint32_t node) {
  Room room(node);
  (void)room.wake();
  return room;
}

}  // namespace

TEST_CASE("a started room waits an answer_timeout for a leader, then stands") {
  Room room(3);
  CHECK(room.machine.role() == RoleName::follower);
  CHECK(room.machine.leader() == nobody);
  CHECK(room.due == t0 + seconds(2));
  const Out out = room.wake();
  const Messages election{election_of(3, 1)};
  for (const std::uint32_t other : {1u, 2u, 4u}) CHECK(sent(out, other) == election);
  CHECK(sent(out).size() == 3);
  CHECK(noted<audit::ElectionStarted>(out).size() == 1);
  CHECK(room.machine.role() == RoleName::electing);
  CHECK(room.machine.newest() == Epoch(1));
  CHECK(room.due == room.now + seconds(2));
}

TEST_CASE("a vote is durable before it is sent") {
  Room room(2);
  const Out out = room.take(from(4, election_of(4, 1)));
  CHECK(sent(out).empty());
  REQUIRE(room.written.size() == 1);
  CHECK(room.written[0] == Record(Voted{vote_of(2, 4, 1)}));
  CHECK(room.machine.role() == RoleName::waiting);
  CHECK(room.due == t0 + seconds(5));
  CHECK(sent(room.sync(), 4) == Messages{VoteCast{vote_of(2, 4, 1)}});
}

TEST_CASE("a vote that a crash undid was never sent, one that is down is not given again") {
  Room lost(2);
  (void)lost.take(from(4, election_of(4, 1)));
  Room again(2);  // nothing was on its disk
  (void)again.take(from(3, election_of(3, 1)));
  CHECK(sent(again.sync(), 3) == Messages{VoteCast{vote_of(2, 3, 1)}});

  Room back(2, room_config(), again.written);
  CHECK(back.machine.newest() == Epoch(1));
  CHECK(sent(back.take(from(4, election_of(4, 1)))) == Messages{VoteRefused{Epoch(1), Epoch(1)}});
  // The same candidate gets the same vote once more.
  CHECK(sent(back.take(from(3, election_of(3, 1)))) == Messages{VoteCast{vote_of(2, 3, 1)}});
}

TEST_CASE("one vote an epoch: the second candidate is refused and told the newest epoch") {
  Room room(2);
  (void)room.take(from(3, election_of(3, 5)));
  (void)room.sync();
  for (const std::uint64_t epoch : {4u, 5u})
    CHECK(sent(room.take(from(4, election_of(4, epoch)))) ==
          Messages{VoteRefused{Epoch(epoch), Epoch(5)}});
}

TEST_CASE("the own vote counts when it is durable") {
  Room room = electing(4);
  for (const std::uint32_t voter : {1u, 2u, 3u})
    CHECK(sent(room.take(from(voter, VoteCast{vote_of(voter, 4, 1, room.now)}))).empty());
  CHECK(room.machine.role() == RoleName::electing);
  const Out out = room.sync();
  CHECK(room.machine.role() == RoleName::coordinator);
  CHECK(room.machine.ruling()->certificate.votes.size() == 4);
  CHECK(room.machine.token() == fencing::Token{Epoch(1), 1});
  CHECK(noted<audit::QuorumReached>(out) ==
        std::vector{audit::QuorumReached{Epoch(1), NodeId(4), 40, 26}});
  CHECK(noted<audit::ElectionWon>(out).size() == 1);
  CHECK(noted<audit::LeaderChanged>(out) ==
        std::vector{audit::LeaderChanged{Epoch(1), nobody, NodeId(4)}});
  CHECK(noted<audit::TokenIssued>(out).size() == 1);
  const Messages to_one = sent(out, 1);
  REQUIRE(to_one.size() == 2);
  CHECK(to_one[0] == Message(*room.machine.ruling()));
  CHECK(std::holds_alternative<Heartbeat>(to_one[1]));
}

TEST_CASE("a quorum decides at the alarm when somebody does not answer, and fewer do not") {
  Room room = electing(4);
  (void)room.sync();
  (void)room.take(from(1, VoteCast{vote_of(1, 4, 1, room.now)}));
  Room two = room;
  (void)room.take(from(2, VoteCast{vote_of(2, 4, 1, room.now)}));
  CHECK(room.machine.role() == RoleName::electing);  // 3 might be fitter
  (void)room.wake();
  CHECK(room.machine.role() == RoleName::coordinator);

  const Out out = two.wake();
  CHECK(two.machine.role() == RoleName::electing);
  CHECK(noted<audit::QuorumFailed>(out) ==
        std::vector{audit::QuorumFailed{Epoch(1), NodeId(4), 20, 26}});
  CHECK(sent(out, 1) == Messages{election_of(4, 2)});
}

TEST_CASE("a fitter room answers and stands; one that stands already only answers") {
  Room room(3);
  const Out out = room.take(from(2, election_of(2, 1)));
  CHECK(sent(out, 2) == Messages{advanced_bully::Answer{Epoch(1)}, election_of(3, 2)});
  CHECK(room.machine.role() == RoleName::electing);
  CHECK(sent(room.take(from(1, election_of(1, 1)))) == Messages{advanced_bully::Answer{Epoch(1)}});
}

TEST_CASE("fitness and not the id decides who is asked to wait") {
  Room room(4);
  (void)room.take(
      Sampled{{.cpu_permille = 400, .memory_permille = 0, .load_permille = 0, .disk_latency = {}}});
  (void)room.take(from(1, election_of(1, 1)));
  CHECK(sent(room.sync(), 1) == Messages{VoteCast{vote_of(4, 1, 1)}});
  // A hospital's figures weigh as well.
  CHECK(replies(room.take(asked(1, SetHospital{{.visits = 0,
                                                .beds_free = 1,
                                                .beds_total = 1,
                                                .doctors_free = 1,
                                                .doctors_total = 1,
                                                .critical = 10}}))) == std::vector<Reply>{Done{}});
  CHECK(sent(room.take(from(2, election_of(2, 2))), 2) ==
        Messages{advanced_bully::Answer{Epoch(2)}});
}

TEST_CASE("ANSWER makes a candidate wait; who then stays away is passed over") {
  Room room = electing(3);
  CHECK(sent(room.take(from(4, advanced_bully::Answer{Epoch(2)}))).empty());  // of another epoch
  CHECK(room.machine.role() == RoleName::electing);
  (void)room.take(from(4, advanced_bully::Answer{Epoch(1)}));
  CHECK(room.machine.role() == RoleName::waiting);
  CHECK(room.due == room.now + seconds(5));
  CHECK(sent(room.wake(), 4) == Messages{election_of(3, 2)});
  CHECK(room.machine.role() == RoleName::electing);
  (void)room.take(from(4, advanced_bully::Answer{Epoch(2)}));
  CHECK(room.machine.role() == RoleName::electing);
  // Nobody waits for it: two others are all there are.
  (void)room.sync();
  for (const std::uint32_t voter : {1u, 2u})
    (void)room.take(from(voter, VoteCast{vote_of(voter, 3, 2, room.now)}));
  CHECK(room.machine.role() == RoleName::coordinator);
}

TEST_CASE("who was passed over is waited for again, as long as before, after its cool_down") {
  Room room = electing(3);
  (void)room.take(from(4, advanced_bully::Answer{Epoch(1)}));
  (void)room.wake();
  const Instant passed_over = room.now;
  while (room.due < passed_over + seconds(60)) (void)room.wake();
  room.now = passed_over + seconds(60);
  (void)room.take(from(4, advanced_bully::Answer{room.machine.newest()}));
  CHECK(room.machine.role() == RoleName::waiting);
  CHECK(room.due == room.now + seconds(5));
}

// Three of four are a quorum: two that voted for others are enough to lose by.
TEST_CASE("a candidate refused by too many for others of its epoch stands again at once, once") {
  Room room = electing(4);
  (void)room.sync();
  CHECK(sent(room.take(from(1, VoteRefused{Epoch(1), Epoch(7)}))).empty());
  CHECK(sent(room.take(from(2, VoteRefused{Epoch(1), Epoch(1)})), 3) ==
        Messages{election_of(4, 8)});
  (void)room.sync();
  for (const std::uint32_t other : {1u, 2u, 3u})
    CHECK(sent(room.take(from(other, VoteRefused{Epoch(8), Epoch(8)}))).empty());
}

namespace {

Config lan_of_four() {
  Config config = lan();
  config.score = bully::fittest();
  config.score.weights.reliability = 0;  // who missed a beat is as fit as the others
  config.predicts = false;
  return config;
}

// Four rooms at 1 ms whose leader 4 is gone: the starter has missed a heartbeat that the
// others have heard, and so suspects it alone. Stops at that instant.
MiniNetwork leaderless(NodeId starter) {
  MiniNetwork network(4, lan_of_four(), 1);
  network.start_all();
  network.run_for(seconds(2));
  REQUIRE(network.settled() == NodeId(4));
  network.cut = [starter](NodeId from, NodeId to) { return from == NodeId(4) && to == starter; };
  network.run_for(lan_of_four().heartbeat);
  network.crash(NodeId(4));
  while (network.machine(starter).role() == RoleName::follower) network.run_for(microseconds(100));
  REQUIRE(network.noticed<audit::NodeFailed>().size() == 1);
  return network;
}

NodeId coordinator(const MiniNetwork& network) {
  for (const NodeId id : network.live_honest())
    if (network.machine(id).role() == RoleName::coordinator) return id;
  return nobody;
}

}  // namespace

TEST_CASE("four rooms at 1 ms decide within 3 delays after the time-out when the fittest starts") {
  MiniNetwork network = leaderless(NodeId(3));
  network.run_for(milliseconds(2));
  CHECK(coordinator(network) == NodeId(3));
  network.run_for(milliseconds(1));
  CHECK(network.settled() == NodeId(3));
}

TEST_CASE("when a less fit one starts the fittest answers it, and 3 delays decide as well") {
  MiniNetwork network = leaderless(NodeId(2));
  network.run_for(milliseconds(3));
  CHECK(coordinator(network) == NodeId(3));
  network.run_for(milliseconds(1));
  CHECK(network.settled() == NodeId(3));
}

// Both that answer it stand at once, and the vote of the least fit decides nothing: 2 more.
TEST_CASE("when two are fitter than who starts, 5 delays decide") {
  MiniNetwork network = leaderless(NodeId(1));
  network.run_for(milliseconds(5));
  CHECK(coordinator(network) == NodeId(3));
  network.run_for(milliseconds(1));
  CHECK(network.settled() == NodeId(3));
}

TEST_CASE("without a leader before, four rooms decide in 3 delays as well") {
  MiniNetwork network(4, lan_of_four(), 1);
  network.start_all();
  network.request(NodeId(4), StartElection{});
  network.run_for(milliseconds(2));
  CHECK(coordinator(network) == NodeId(4));
  network.run_for(milliseconds(1));
  CHECK(network.settled() == NodeId(4));
}

// Each has voted for itself by then: the fittest stands once more when it reads of a rival.
TEST_CASE("rooms that lose their leader at one instant decide within 3 delays of the time-out") {
  MiniNetwork network(4, lan_of_four(), 1);
  network.start_all();
  network.run_for(seconds(2));
  REQUIRE(network.settled() == NodeId(4));
  network.crash(NodeId(4));
  while (network.noticed<audit::NodeFailed>().empty()) network.run_for(microseconds(100));
  network.run_for(milliseconds(3));
  CHECK(coordinator(network) == NodeId(3));
  network.run_for(milliseconds(1));
  CHECK(network.settled() == NodeId(3));
}

TEST_CASE("a leader that is silent for long is not waited for; one that was heard lately is") {
  for (const bool silent : {false, true}) {
    Room room(2);
    (void)room.take(from(4, ruling_of(4, 1)));
    room.now = room.now + seconds(10) - nanoseconds(silent ? 0 : 1);
    // It answers somebody that is less fit, who may have got a vote in that epoch.
    const Out out = room.take(from(1, election_of(1, 2)));
    CHECK(room.machine.newest() == (silent ? Epoch(3) : Epoch(1)));
    if (!silent) continue;
    (void)room.sync();
    for (const std::uint32_t voter : {1u, 3u})
      (void)room.take(from(
          voter,
          VoteCast{quorum::cast({.cluster = room_config().cluster,
                                 .epoch = Epoch(3),
                                 .table = base_table(room_config(), rooms).in(Epoch(3)).digest(),
                                 .claim = std::get<Election>(sent(out, 3)[0]).claim,
                                 .cast_at = room.now,
                                 .voter = NodeId(voter)},
                                key_of(voter))}));
    CHECK(room.machine.role() == RoleName::coordinator);
  }
}

TEST_CASE("what only a bug could do is not tolerated") {
  CHECK_THROWS_AS(AdvancedBully(key_of(1), 0, room_config(), 0), CheckFailed);
  Config config = room_config();
  config.f = 2;
  CHECK_THROWS_AS(AdvancedBully(key_of(1), rooms, config, 0), CheckFailed);
  Room room(1);
  CHECK_THROWS_AS(room.take(Started<Record>{}), CheckFailed);
  CHECK_THROWS_AS(room.take(Persisted{RecordSeq(9)}), CheckFailed);
}
