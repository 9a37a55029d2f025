// Elections, handler by handler: state, event, exact effects, state.
#include <algorithm>

#include "core/base/check.hpp"
#include "core/raft/server_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::raft;

TEST_CASE("a server starts as a follower that waits for a leader") {
  const Server server(plain(), disk_of(3, n2, {1, 3}));
  check_effects(server.started, {notice(BecameFollower{Term(3), nobody}),
                                 set(Timer::election, 1, milliseconds(150))});
  CHECK(server.raft.term() == Term(3));
  CHECK(server.raft.vote() == n2);
  CHECK(server.raft.log().last_index() == LogIndex(2));
  CHECK(server.raft.durable_index() == LogIndex(2));
  CHECK(server.raft.commit() == LogIndex(0));
}

TEST_CASE("records are replayed in order, truncations and bare votes among them") {
  const std::vector<Record> records{{Term(1), n1, LogIndex(1), entries_of({1, 1, 1})},
                                    {Term(2), nobody, LogIndex(0), {}},
                                    {Term(2), n3, LogIndex(2), entries_of({2})},
                                    {Term(4), n5, LogIndex(2), {}}};
  CHECK(flaw_in(records).empty());
  const Server server(plain(), records);
  CHECK(server.raft.term() == Term(4));
  CHECK(server.raft.vote() == n5);
  CHECK(server.raft.log().last_index() == LogIndex(1));
}

TEST_CASE("records that no server wrote are named, and refused") {
  const auto flawed = [](const std::vector<Record>& records) { return !flaw_in(records).empty(); };
  CHECK(flawed({{Term(2), n1, LogIndex(0), {}}, {Term(1), n1, LogIndex(0), {}}}));
  CHECK(flawed({{Term(2), n1, LogIndex(0), {}}, {Term(2), n2, LogIndex(0), {}}}));
  CHECK(flawed({{Term(2), n1, LogIndex(0), {}}, {Term(2), nobody, LogIndex(0), {}}}));
  CHECK(flawed({{Term(2), n1, LogIndex(2), entries_of({1})}}));
  CHECK(flawed({{Term(2), n1, LogIndex(0), entries_of({1})}}));
  CHECK(flawed({{Term(2), n1, LogIndex(1), entries_of({2, 1})}}));
  CHECK(flawed({{Term(2), n1, LogIndex(1), entries_of({3})}}));
  CHECK(flawed({{Term(2), n1, LogIndex(1), entries_of({0})}}));
  CHECK_THROWS_AS(Server(plain(), {{Term(2), n1, LogIndex(2), {}}}), CheckFailed);
}

TEST_CASE("a candidate asks for votes when its own is durable, and not before") {
  Server server;
  check_effects(server.ring(server.election),
                {notice(BecameCandidate{Term(1)}), notice(VoteCast{Term(1), n1}),
                 set(Timer::election, 2, milliseconds(300)), persist(1, n1)});
  for (const NodeId early : {n2, n3, n4, n5})  // nobody was asked yet
    check_effects(server.receive(early, VoteGranted{Term(1)}), {});
  const VoteRequest request{Term(1), LogIndex(0), Term(0)};
  check_effects(server.persisted(1),
                {send(n2, request), send(n3, request), send(n4, request), send(n5, request)});
  check_effects(server.persisted(1), {});
  CHECK(server.raft.role() == RoleName::candidate);
}

TEST_CASE("a majority of different voters makes a leader, which appends a no-op at once") {
  Server server;
  server.ring(server.election);
  server.persisted(1);
  check_effects(server.receive(n3, VoteGranted{Term(1)}), {});
  check_effects(server.receive(n3, VoteGranted{Term(1)}), {});
  check_effects(server.receive(NodeId(9), VoteGranted{Term(1)}), {});
  check_effects(server.receive(n1, VoteGranted{Term(1)}), {});
  check_effects(server.receive(n4, VoteRefused{Term(1)}), {});
  const AppendEntries first = append(1, 0, 0, {noop(1)});
  check_effects(server.receive(n2, VoteGranted{Term(1)}),
                {notice(BecameLeader{Term(1)}), cancel(Timer::election), send(n2, first),
                 send(n3, first), send(n4, first), send(n5, first),
                 set(Timer::heartbeat, 1, milliseconds(200)), persist(1, n1, 1, {noop(1)})});
  CHECK(server.raft.role() == RoleName::leader);
  CHECK(server.raft.leader() == n1);
}

TEST_CASE("a vote of an old term elects nobody in the next one") {
  Server server;
  server.ring(server.election);
  server.persisted(1);
  server.receive(n3, VoteGranted{Term(1)});
  server.ring(server.election);
  server.persisted(2);
  CHECK(server.raft.term() == Term(2));
  check_effects(server.receive(n2, VoteGranted{Term(1)}), {});
  server.receive(n2, VoteGranted{Term(2)});
  CHECK(server.raft.role() == RoleName::candidate);
}

TEST_CASE("a vote leaves when it is durable, and resets the timer when it is cast") {
  Server server;
  server.now = Instant{} + milliseconds(100);
  check_effects(
      server.receive(n2, VoteRequest{Term(1), LogIndex(0), Term(0)}),
      {notice(BecameFollower{Term(1), nobody}), notice(VoteCast{Term(1), n2}), persist(1, n2)});
  check_effects(server.receive(n3, VoteRequest{Term(1), LogIndex(0), Term(0)}),
                {send(n3, VoteRefused{Term(1)})});
  check_effects(server.persisted(1), {send(n2, VoteGranted{Term(1)})});
  // Asked again by the same candidate, it says the same.
  check_effects(server.receive(n2, VoteRequest{Term(1), LogIndex(0), Term(0)}),
                {send(n2, VoteGranted{Term(1)})});
  // The alarm of the start rings, and waits for what is left.
  check_effects(server.ring(server.election), {set(Timer::election, 2, milliseconds(250))});
}

TEST_CASE("a vote that became durable after its term ended stays unsaid") {
  Server server;
  server.receive(n2, VoteRequest{Term(1), LogIndex(0), Term(0)});
  server.receive(n3, VoteRequest{Term(2), LogIndex(0), Term(0)});
  check_effects(server.persisted(1), {});
  check_effects(server.persisted(2), {send(n3, VoteGranted{Term(2)})});
}

TEST_CASE("only a log at least as up to date gets the vote; the term rises either way") {
  const auto disk = disk_of(3, nobody, {1, 3, 3});
  struct Case {
    std::uint64_t last, last_term;
    bool granted;
  };
  for (const Case& c : {Case{3, 3, true}, Case{4, 3, true}, Case{1, 4, true}, Case{2, 3, false},
                        Case{9, 2, false}, Case{0, 0, false}}) {
    CAPTURE(c.last);
    CAPTURE(c.last_term);
    Server server(plain(), disk);
    server.receive(n2, VoteRequest{Term(5), LogIndex(c.last), Term(c.last_term)});
    CHECK(server.raft.term() == Term(5));
    CHECK(server.raft.vote() == (c.granted ? n2 : nobody));
    Server asked(with_pre_vote(), disk);
    const Message granted = PreVoteGranted{Term(5)};
    const Message refused = PreVoteRefused{Term(3)};
    check_effects(asked.receive(n2, PreVoteRequest{Term(5), LogIndex(c.last), Term(c.last_term)}),
                  {send(n2, c.granted ? granted : refused)});
    CHECK(asked.raft.term() == Term(3));
  }
}

TEST_CASE("a refused vote does not reset the timer") {
  Server server(plain(), disk_of(3, nobody, {3}));
  server.now = Instant{} + milliseconds(100);
  server.receive(n2, VoteRequest{Term(5), LogIndex(0), Term(0)});
  server.ring(server.election);
  CHECK(server.now == Instant{} + milliseconds(150));
  CHECK(server.raft.role() == RoleName::candidate);
}

TEST_CASE("a vote cast before a crash binds afterwards") {
  Server server(plain(), disk_of(3, n2, {1}));
  check_effects(server.receive(n3, VoteRequest{Term(3), LogIndex(9), Term(3)}),
                {send(n3, VoteRefused{Term(3)})});
  check_effects(server.receive(n2, VoteRequest{Term(3), LogIndex(9), Term(3)}),
                {send(n2, VoteGranted{Term(3)})});
}

TEST_CASE("stepping down within a term does not forget the vote") {
  Server server;
  server.ring(server.election);
  server.persisted(1);
  check_effects(server.receive(n2, append(1, 0, 0)),
                {notice(BecameFollower{Term(1), n2}), send(n2, accepted(1, 0))});
  CHECK(server.raft.vote() == n1);
  server.now = server.now + milliseconds(150);
  check_effects(server.receive(n3, VoteRequest{Term(1), LogIndex(9), Term(1)}),
                {send(n3, VoteRefused{Term(1)})});
}

TEST_CASE("a request of an old term is refused with the current one, and changes nothing") {
  Server server(plain(), disk_of(3, n2, {1}));
  const Raft before = server.raft;
  check_effects(server.receive(n3, VoteRequest{Term(2), LogIndex(9), Term(2)}),
                {send(n3, VoteRefused{Term(3)})});
  check_effects(server.receive(n3, PreVoteRequest{Term(2), LogIndex(9), Term(2)}),
                {send(n3, PreVoteRefused{Term(3)})});
  CHECK(server.raft == before);
}

TEST_CASE("a higher term in any answer ends this server's own") {
  for (const Message& message :
       std::vector<Message>{PreVoteRefused{Term(7)}, VoteRefused{Term(7)}, VoteGranted{Term(7)},
                            accepted(7, 0), rejected(7, 0, 0, 0)}) {
    CAPTURE(alternative_name(message));
    Server server;
    server.lead();
    check_effects(server.receive(n4, message),
                  {notice(SteppedDown{Term(1), StepDown::higher_term}), cancel(Timer::heartbeat),
                   set(Timer::election, 2, milliseconds(150)),
                   notice(BecameFollower{Term(7), nobody}), persist(7, nobody)});
  }
}

TEST_CASE("pre-vote: a server that would not win disturbs nobody") {
  Server server(with_pre_vote(), disk_of(3, n2, {1, 3}));
  const PreVoteRequest request{Term(4), LogIndex(2), Term(3)};
  check_effects(server.ring(server.election),
                {notice(BecamePreCandidate{Term(3)}), set(Timer::election, 2, milliseconds(300)),
                 send(n2, request), send(n3, request), send(n4, request), send(n5, request)});
  CHECK(server.raft.vote() == n2);
  check_effects(server.receive(n2, PreVoteGranted{Term(4)}), {});
  check_effects(server.receive(n2, PreVoteGranted{Term(4)}), {});
  check_effects(server.receive(n3, PreVoteGranted{Term(3)}), {});
  check_effects(server.receive(n3, PreVoteRefused{Term(3)}), {});
  CHECK(server.raft.role() == RoleName::pre_candidate);
  server.ring(server.election);
  CHECK(server.raft.term() == Term(3));
  CHECK(server.raft.role() == RoleName::pre_candidate);
}

TEST_CASE("pre-vote: with a majority behind it a server becomes a candidate") {
  Server server(with_pre_vote());
  server.ring(server.election);
  server.receive(n2, PreVoteGranted{Term(1)});
  check_effects(server.receive(n5, PreVoteGranted{Term(1)}),
                {notice(BecameCandidate{Term(1)}), notice(VoteCast{Term(1), n1}), persist(1, n1)});
  check_effects(server.receive(n4, PreVoteGranted{Term(1)}), {});
}

TEST_CASE("pre-vote: a leader of its term takes a pre-candidate back") {
  Server server(with_pre_vote());
  server.ring(server.election);
  server.receive(n2, append(0 + 1, 0, 0));
  CHECK(server.raft.role() == RoleName::follower);
  CHECK(server.raft.leader() == n2);
}

TEST_CASE("stickiness: while a leader is heard of, votes are refused without touching the term") {
  Server server;
  server.receive(n2, append(1, 0, 0));
  server.persisted(1);
  server.now = Instant{} + milliseconds(149);
  const Raft before = server.raft;
  check_effects(server.receive(n3, VoteRequest{Term(2), LogIndex(9), Term(1)}),
                {send(n3, VoteRefused{Term(1)})});
  check_effects(server.receive(n3, PreVoteRequest{Term(2), LogIndex(9), Term(1)}),
                {send(n3, PreVoteRefused{Term(1)})});
  CHECK(server.raft == before);
  server.now = Instant{} + milliseconds(150);
  check_effects(server.receive(n3, PreVoteRequest{Term(2), LogIndex(9), Term(1)}),
                {send(n3, PreVoteGranted{Term(2)})});
  server.receive(n3, VoteRequest{Term(2), LogIndex(9), Term(1)});
  CHECK(server.raft.vote() == n3);
}

TEST_CASE("stickiness can be left out") {
  Config config = plain();
  config.sticky = false;
  Server server(config);
  server.receive(n2, append(1, 0, 0));
  server.receive(n3, VoteRequest{Term(2), LogIndex(9), Term(1)});
  CHECK(server.raft.term() == Term(2));
  CHECK(server.raft.vote() == n3);
}

TEST_CASE("stickiness: a leader whose quorum answers does not make room") {
  Server server;
  server.lead();
  server.now = Instant{} + milliseconds(149);
  check_effects(server.receive(n4, VoteRequest{Term(9), LogIndex(9), Term(8)}),
                {send(n4, VoteRefused{Term(1)})});
  server.now = Instant{} + milliseconds(150);
  server.receive(n4, VoteRequest{Term(9), LogIndex(9), Term(8)});
  CHECK(server.raft.role() == RoleName::follower);
  CHECK(server.raft.vote() == n4);
}

TEST_CASE("check-quorum: a leader that hears no majority for an election timeout steps down") {
  Server server;
  server.lead();
  for (int i = 0; i < 2; ++i) server.ring(server.heartbeat);
  CHECK(server.raft.role() == RoleName::leader);
  server.receive(n2, accepted(1, 1));  // one of four is not enough
  check_effects(
      server.ring(server.heartbeat),
      {notice(SteppedDown{Term(1), StepDown::lost_quorum}), cancel(Timer::heartbeat),
       set(Timer::election, 2, milliseconds(300)), notice(BecameFollower{Term(1), nobody})});
  CHECK(server.raft.vote() == n1);
  CHECK(server.raft.progress().empty());
}

TEST_CASE("check-quorum: answers of a majority, rejections included, keep a leader") {
  Server server;
  server.lead();
  for (int i = 0; i < 10; ++i) {
    server.ring(server.heartbeat);
    server.receive(n2, accepted(1, 1));
    server.receive(n3, rejected(1, 1, 0, 0));
  }
  CHECK(server.raft.role() == RoleName::leader);
}

TEST_CASE("check-quorum can be left out") {
  Config config = plain();
  config.check_quorum = false;
  Server server(config);
  server.lead();
  for (int i = 0; i < 10; ++i) server.ring(server.heartbeat);
  CHECK(server.raft.role() == RoleName::leader);
}

TEST_CASE("a late alarm is ignored") {
  Server server;
  const auto first = server.election;
  server.ring(server.election);
  const Raft before = server.raft;
  check_effects(server.ring(first), {});
  server.step(TimerFired<Timer>{Timer::heartbeat, TimerEpoch(1)});
  CHECK(server.raft == before);
}

TEST_CASE("election timeouts are drawn anew for every wait, within their bounds") {
  Config config = plain();
  config.election_timeout_high = milliseconds(300);
  Server server(config);
  std::vector<Duration> waits;
  for (int i = 0; i < 50; ++i) {
    const Instant from = server.now;
    server.ring(server.election);
    waits.push_back(server.now - from);
  }
  for (const Duration wait : waits) {
    CHECK(wait >= milliseconds(150));
    CHECK(wait <= milliseconds(300));
  }
  std::sort(waits.begin(), waits.end());
  CHECK(std::unique(waits.begin(), waits.end()) == waits.end());
}

TEST_CASE("a single server elects itself and commits alone, when its disk says so") {
  for (const Config& config : {plain(), with_pre_vote()}) {
    Server server(config, {}, {n1});
    server.ring(server.election);
    CHECK(server.raft.role() == RoleName::candidate);
    server.persisted(1);
    CHECK(server.raft.role() == RoleName::leader);
    check_effects(server.request(1, Propose{"a"}), {answer(1, Proposed{LogIndex(2), Term(1)}),
                                                    persist(1, n1, 2, {command(1, "a")})});
    CHECK(server.raft.commit() == LogIndex(0));
    check_effects(server.persisted(2), {notice(Committed{LogIndex(1), Term(1)})});
    check_effects(server.request(2, Read{}), {answer(2, ReadReady{LogIndex(1)})});
    check_effects(server.persisted(3), {notice(Committed{LogIndex(2), Term(1)})});
    for (int i = 0; i < 10; ++i) server.ring(server.heartbeat);
    CHECK(server.raft.role() == RoleName::leader);
  }
}
