// Leadership that is handed over: dissertation, section 3.10, and a campaign that an operator
// forces.
#include <doctest/doctest.h>

#include "core/raft/server_for_tests.hpp"

namespace lockstep::raft {
namespace {

// n1 leads term 1, its no-op is committed, n4 is one entry behind, n5 was never heard.
Server leading() {
  Server server;
  server.lead();
  server.everything_accepted({n2, n3});
  server.receive(n4, accepted(1, 0));
  return server;
}

}  // namespace

TEST_CASE("a leader tells a successor that holds its whole log to stand at once") {
  Server server = leading();
  check_effects(server.request(1, TransferLeadership{n3}),
                {notice(TransferBegan{Term(1), n3}), answer(1, TransferStarted{n3}),
                 send(n3, TimeoutNow{Term(1)})});
  CHECK(server.raft.successor() == n3);
  SUBCASE("and takes nothing meanwhile") {
    check_effects(server.request(2, Propose{"x"}), {answer(2, Busy{})});
    CHECK(server.raft.log().last_index() == LogIndex(1));
  }
  SUBCASE("and says so again with each heartbeat") {
    server.everything_accepted();
    CHECK(server.ring(server.heartbeat).at(4) == send(n3, TimeoutNow{Term(1)}));
  }
  SUBCASE("and makes way for the successor's term") {
    const Out out = server.receive(n3, VoteRequest{Term(2), LogIndex(1), Term(1), true});
    CHECK(out.at(0) == notice(SteppedDown{Term(1), StepDown::transferred}));
    CHECK(server.raft.role() == RoleName::follower);
    CHECK(server.raft.vote() == n3);
  }
  SUBCASE("and goes on by itself when nothing comes of it for an election timeout") {
    for (int i = 0; i < 3; ++i) {
      server.everything_accepted();
      server.ring(server.heartbeat);
    }
    CHECK(server.raft.role() == RoleName::leader);
    CHECK(server.raft.successor() == nobody);
    CHECK(server.request(2, Propose{"x"}).at(0) == answer(2, Proposed{LogIndex(2), Term(1)}));
  }
}

TEST_CASE("a successor that lacks entries is brought up to date first") {
  Server server = leading();
  check_effects(server.request(1, TransferLeadership{n4}),
                {notice(TransferBegan{Term(1), n4}), answer(1, TransferStarted{n4})});
  CHECK(server.receive(n4, accepted(1, 1)).back() == send(n4, TimeoutNow{Term(1)}));
}

TEST_CASE("where nobody is named the fittest is chosen: heard lately, with the longest log") {
  Server server;
  server.lead();
  server.receive(n4, accepted(1, 0));
  server.receive(n5, accepted(1, 1));
  CHECK(server.request(1, TransferLeadership{}).at(1) == answer(1, TransferStarted{n5}));

  Server silent;
  silent.lead();
  silent.now = silent.now + milliseconds(150);
  silent.receive(n2, accepted(1, 0));
  silent.receive(n3, accepted(1, 0));
  CHECK(silent.request(1, TransferLeadership{}).at(1) == answer(1, TransferStarted{n2}));
}

TEST_CASE("who cannot take over is told, and changes nothing") {
  Server server = leading();
  const Raft before = server.raft;
  check_effects(server.request(1, TransferLeadership{n1}), {answer(1, NobodyToLead{})});
  check_effects(server.request(2, TransferLeadership{NodeId(9)}), {answer(2, NobodyToLead{})});
  server.now = server.now + seconds(1);
  check_effects(server.request(3, TransferLeadership{}), {answer(3, NobodyToLead{})});
  CHECK(server.raft == before);

  Server follower;
  follower.receive(n2, append(1, 0, 0));
  check_effects(follower.request(4, TransferLeadership{}), {answer(4, NotLeader{n2})});
}

TEST_CASE("whoever its own leader tells stands without a pre-vote, and says that it is forced") {
  Server server(with_pre_vote());
  server.receive(n2, append(1, 0, 0));
  server.all_persisted();
  const Raft before = server.raft;
  check_effects(server.receive(n3, TimeoutNow{Term(1)}), {});  // not its leader
  check_effects(server.receive(n2, TimeoutNow{Term(0)}), {});
  check_effects(server.receive(n2, TimeoutNow{Term(2)}), {});
  CHECK(server.raft == before);
  check_effects(server.receive(n2, TimeoutNow{Term(1)}),
                {notice(BecameCandidate{Term(2)}), notice(VoteCast{Term(2), n1}), persist(2, n1)});
  check_effects(server.receive(n2, TimeoutNow{Term(1)}), {});  // told twice
  CHECK(server.all_persisted().at(0) == send(n2, VoteRequest{Term(2), LogIndex(0), Term(0), true}));
}

TEST_CASE("a voter that hears a leader refuses, unless the election is forced") {
  Server server;
  server.receive(n2, append(1, 0, 0));
  server.all_persisted();
  check_effects(server.receive(n3, VoteRequest{Term(2), LogIndex(0), Term(0)}),
                {send(n3, VoteRefused{Term(1)})});
  const Out out = server.receive(n3, VoteRequest{Term(2), LogIndex(0), Term(0), true});
  CHECK(out.back() == persist(2, n3));
  // A log that is behind is no better for being forced.
  Server longer(plain(), disk_of(1, nobody, {1}));
  CHECK(longer.receive(n3, VoteRequest{Term(2), LogIndex(0), Term(0), true}).at(1) ==
        send(n3, VoteRefused{Term(2)}));
}

TEST_CASE("a campaign on request needs no pre-vote and is forced; a leader stays leader") {
  for (const Config& config : {plain(), with_pre_vote()}) {
    Server server(config);
    check_effects(server.request(5, Campaign{}),
                  {answer(5, CampaignStarted{}), notice(BecameCandidate{Term(1)}),
                   notice(VoteCast{Term(1), n1}), persist(1, n1)});
    CHECK(server.all_persisted().at(0) ==
          send(n2, VoteRequest{Term(1), LogIndex(0), Term(0), true}));
    server.lead();
    check_effects(server.request(6, Campaign{}), {answer(6, CampaignStarted{})});
    CHECK(server.raft.role() == RoleName::leader);
  }
}

}  // namespace lockstep::raft
