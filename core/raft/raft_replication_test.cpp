// Replication, handler by handler: state, event, exact effects, state.
#include "core/raft/server_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::raft;

namespace {

// A leader of term 1 whose no-op everybody has.
Server settled_leader(Config config = plain()) {
  Server server(config);
  server.lead();
  server.everything_accepted();
  REQUIRE(server.raft.commit() == LogIndex(1));
  return server;
}

Progress progress_of(const Server& server, std::size_t place) {
  return server.raft.progress()[place];
}

}  // namespace

TEST_CASE("entries are acknowledged when they are durable; commit follows what was verified") {
  Server server(plain(), disk_of(1, n2, {1}));
  check_effects(server.receive(n2, append(1, 1, 1, entries_of({1, 1}), 9, 4)),
                {notice(BecameFollower{Term(1), n2}), notice(Committed{LogIndex(3), Term(1)}),
                 persist(1, n2, 2, entries_of({1, 1}))});
  CHECK(server.raft.durable_index() == LogIndex(1));
  check_effects(server.persisted(1), {send(n2, accepted(1, 3, 4))});
  CHECK(server.raft.durable_index() == LogIndex(3));
}

TEST_CASE("a follower commits no further than the message verified") {
  Server server(plain(), disk_of(1, n2, {1, 1, 1}));
  check_effects(server.receive(n2, append(1, 1, 1, {}, 3)),
                {notice(BecameFollower{Term(1), n2}), notice(Committed{LogIndex(1), Term(1)}),
                 send(n2, accepted(1, 1))});
}

TEST_CASE("a heartbeat's answer does not wait for the disk, and says only what is down") {
  Server server(plain(), disk_of(1, n2, {1}));
  server.receive(n2, append(1, 1, 1, entries_of({1, 1})));
  check_effects(server.receive(n2, append(1, 3, 1, {}, 0, 8)), {send(n2, accepted(1, 1, 8))});
  check_effects(server.persisted(1), {send(n2, accepted(1, 3))});
  check_effects(server.receive(n2, append(1, 3, 1, {}, 0, 9)), {send(n2, accepted(1, 3, 9))});
}

TEST_CASE("before the leader's term is durable nothing is acknowledged") {
  Server server(plain(), disk_of(1, n2, {1}));
  check_effects(server.receive(n3, append(2, 1, 1)),
                {notice(BecameFollower{Term(2), n3}), persist(2, nobody)});
  check_effects(server.receive(n3, append(2, 1, 1, {}, 0, 5)), {});
  check_effects(server.persisted(1), {send(n3, accepted(2, 1, 5))});
}

TEST_CASE("term and entries of one step are one record") {
  Server server(plain(), disk_of(1, n2, {1}));
  check_effects(server.receive(n3, append(2, 1, 1, entries_of({2}))),
                {notice(BecameFollower{Term(2), n3}), persist(2, nobody, 2, entries_of({2}))});
}

TEST_CASE("what is not acknowledged when its term ends never is") {
  Server server(plain(), disk_of(1, n2, {1}));
  server.receive(n2, append(1, 1, 1, entries_of({1, 1})));
  server.receive(n3, append(2, 1, 1, entries_of({2})));
  check_effects(server.persisted(1), {});
  CHECK(server.raft.durable_index() == LogIndex(1));  // ABA: the record was overwritten
  check_effects(server.persisted(2), {send(n3, accepted(2, 2))});
}

TEST_CASE("a conflicting tail gives way; entries that agree stay") {
  Server server(plain(), disk_of(2, n2, {1, 1, 2, 2}));
  check_effects(server.receive(n3, append(3, 1, 1, entries_of({1, 3}))),
                {notice(BecameFollower{Term(3), n3}), notice(LogTruncated{LogIndex(3)}),
                 persist(3, nobody, 3, entries_of({3}))});
  CHECK(server.raft.log().last_index() == LogIndex(3));
  server.persisted(1);
  // An older message of the same leader arrives late: it truncates nothing.
  check_effects(server.receive(n3, append(3, 0, 0, entries_of({1}))), {send(n3, accepted(3, 1))});
  CHECK(server.raft.log().last_index() == LogIndex(3));
}

TEST_CASE("a gap or another term is rejected with the last place where the logs may agree") {
  const std::vector<std::uint64_t> terms{1, 1, 1, 4, 4, 5, 5};
  struct Case {
    std::uint64_t prev, prev_term, hint, hint_term;
  };
  for (const Case& c : {Case{10, 6, 7, 5}, Case{7, 6, 7, 5}, Case{7, 4, 5, 4}, Case{6, 3, 3, 1},
                        Case{5, 2, 3, 1}}) {
    CAPTURE(c.prev);
    Server server(plain(), disk_of(6, n2, terms));
    check_effects(server.receive(n2, append(6, c.prev, c.prev_term, {}, 9, 3)),
                  {notice(BecameFollower{Term(6), n2}),
                   send(n2, rejected(6, c.prev, c.hint, c.hint_term, 3))});
    CHECK(server.raft.commit() == LogIndex(0));
  }
}

TEST_CASE("an append of an old term is rejected with the current one, and changes nothing") {
  Server server(plain(), disk_of(3, n2, {1}));
  const Raft before = server.raft;
  check_effects(server.receive(n4, append(2, 1, 1, entries_of({2}), 1)),
                {send(n4, rejected(3, 1, 1, 1))});
  CHECK(server.raft == before);
}

TEST_CASE("a second leader of a term is not believed") {
  Server follower;
  follower.receive(n2, append(1, 0, 0));
  const Raft before = follower.raft;
  check_effects(follower.receive(n3, append(1, 0, 0, entries_of({1}))), {});
  CHECK(follower.raft == before);
  Server leader;
  leader.lead();
  const Raft leads = leader.raft;
  check_effects(leader.receive(n3, append(1, 0, 0, entries_of({1}))), {});
  CHECK(leader.raft == leads);
}

TEST_CASE("nonsense of a peer changes nothing") {
  const std::uint64_t huge = ~std::uint64_t{0};
  const std::vector<Message> nonsense{append(3, 0, 0, entries_of({2, 1})),
                                      append(3, 0, 0, entries_of({4})),
                                      append(3, 0, 0, entries_of({0})),
                                      append(3, 0, 2),
                                      append(3, 1, 4),
                                      append(0, 0, 0),
                                      append(huge, 0, 0),
                                      VoteRequest{Term(0), LogIndex(9), Term(9)},
                                      VoteRequest{Term(huge), LogIndex(9), {}},
                                      PreVoteRequest{Term(huge), LogIndex(9), {}},
                                      VoteRefused{Term(huge)},
                                      accepted(huge, 1)};
  for (std::size_t i = 0; i < nonsense.size(); ++i) {
    CAPTURE(i);
    Server server(plain(), disk_of(2, n2, {1, 2}));
    const Raft before = server.raft;
    check_effects(server.receive(n3, nonsense[i]), {});
    CHECK(server.raft == before);
  }
  Server server(plain(), disk_of(2, n2, {1, 2}));
  const Raft before = server.raft;
  for (const NodeId stranger : {NodeId(0), NodeId(6), NodeId(client_base), n1})
    check_effects(server.receive(stranger, append(9, 0, 0)), {});
  CHECK(server.raft == before);
}

TEST_CASE("what contradicts a committed entry is not taken") {
  Server server(plain(), disk_of(1, n2, {1, 1}));
  server.receive(n2, append(1, 2, 1, {}, 2));
  server.receive(n3, append(2, 1, 1, entries_of({2})));
  CHECK(server.raft.log().last_term() == Term(1));
}

TEST_CASE("a leader sends and writes at once, and counts itself when its write is down") {
  Server server = settled_leader();
  const AppendEntries first = append(1, 1, 1, {command(1, "a")}, 1);
  check_effects(server.request(1, Propose{"a"}),
                {answer(1, Proposed{LogIndex(2), Term(1)}), send(n2, first), send(n3, first),
                 send(n4, first), send(n5, first), persist(1, n1, 2, {command(1, "a")})});
  check_effects(server.receive(n2, accepted(1, 2)), {});
  check_effects(server.receive(n3, accepted(1, 1)), {});
  // Two hold it, and the leader's own write is on its way: no majority yet.
  CHECK(server.raft.commit() == LogIndex(1));
  Server by_disk = server;
  check_effects(by_disk.receive(n4, accepted(1, 2)), {});
  check_effects(by_disk.all_persisted(), {notice(Committed{LogIndex(2), Term(1)})});
  // Three others are a majority without it.
  server.receive(n4, accepted(1, 2));
  check_effects(server.receive(n5, accepted(1, 2)), {notice(Committed{LogIndex(2), Term(1)})});
}

TEST_CASE("one answer may commit several entries, and says so once") {
  Server server = settled_leader();
  for (std::uint64_t i = 1; i <= 5; ++i) server.request(i, Propose{"a"});
  server.all_persisted();
  server.receive(n2, accepted(1, 6));
  check_effects(server.receive(n3, accepted(1, 5)), {notice(Committed{LogIndex(5), Term(1)})});
}

TEST_CASE("an entry of an older term is not committed by counting (figure 8)") {
  Server server(plain(), disk_of(2, n1, {1, 2}));
  server.lead();
  CHECK(server.raft.term() == Term(3));
  check_effects(server.receive(n2, accepted(3, 2)), {send(n2, append(3, 2, 2, {noop(3)}))});
  server.receive(n3, accepted(3, 2));
  CHECK(server.raft.commit() == LogIndex(0));  // a majority holds entry 2 of term 2
  server.receive(n2, accepted(3, 3));
  check_effects(server.receive(n3, accepted(3, 3)), {notice(Committed{LogIndex(3), Term(3)})});
}

TEST_CASE("stale, repeated and impossible answers are harmless") {
  Server server = settled_leader();
  for (std::uint64_t i = 1; i <= 3; ++i) server.request(i, Propose{"a"});
  server.all_persisted();
  server.receive(n2, accepted(1, 4));
  const Progress before = progress_of(server, 1);
  check_effects(server.receive(n2, accepted(1, 2)), {});
  check_effects(server.receive(n2, accepted(1, 4)), {});
  check_effects(server.receive(n2, rejected(1, 1, 0, 0)), {});
  check_effects(server.receive(n2, rejected(1, 4, 0, 0)), {});
  check_effects(server.receive(n2, rejected(1, 77, 5, 1)), {});
  check_effects(server.receive(n2, accepted(1, 99)), {});
  CHECK(progress_of(server, 1) == before);
  CHECK(server.raft.commit() == LogIndex(1));
}

TEST_CASE("a rejected heartbeat shows what was lost, and it is sent again through a probe") {
  Server server = settled_leader();
  for (std::uint64_t i = 1; i <= 3; ++i) server.request(i, Propose{"a"});
  CHECK(progress_of(server, 1).next == LogIndex(5));
  const auto beat = server.ring(server.heartbeat);
  CHECK(beat[0] == send(n2, append(1, 4, 1, {}, 1)));
  const auto again = append(1, 2, 1, {command(1, "a"), command(1, "a")}, 1);
  check_effects(server.receive(n2, rejected(1, 4, 2, 1)), {send(n2, again)});
  CHECK(progress_of(server, 1).sending == Sending::probe);
  // While the probe is out, nothing more is sent to it.
  CHECK(server.request(9, Propose{"b"}).size() == 5);
  check_effects(server.receive(n2, accepted(1, 4)),
                {send(n2, append(1, 4, 1, {command(1, "b")}, 1))});
  CHECK(progress_of(server, 1).sending == Sending::replicate);
}

TEST_CASE("a lost probe is found by the next heartbeat") {
  Server server;
  server.lead();  // the no-op went out as a probe, and was lost
  const auto beat = server.ring(server.heartbeat);
  CHECK(beat[0] == send(n2, append(1, 0, 0)));
  check_effects(server.receive(n2, accepted(1, 0)), {send(n2, append(1, 0, 0, {noop(1)}))});
}

TEST_CASE("a leader skips back over the terms the follower cannot have") {
  Server server(plain(), disk_of(6, n1, {1, 1, 1, 4, 4, 5, 5, 6, 6, 6}));
  server.lead();
  const auto sent = server.receive(n2, rejected(7, 10, 7, 2));
  REQUIRE(sent.size() == 1);
  const auto& message = std::get<AppendEntries>(std::get<Send<Message>>(sent[0]).message);
  CHECK(message.prev_index == LogIndex(3));
  CHECK(message.prev_term == Term(1));
  CHECK(message.entries.size() == 8);
}

TEST_CASE("a hint that leads nowhere still goes back by one, and cannot loop") {
  Server server(plain(), disk_of(6, n1, {1, 2, 3, 4, 5, 6}));
  server.lead();
  std::uint64_t prev = 6;
  for (; prev > 0; --prev) {
    const auto sent = server.receive(n2, rejected(7, prev, ~std::uint64_t{0}, ~std::uint64_t{0}));
    REQUIRE(sent.size() == 1);
    CHECK(progress_of(server, 1).next == LogIndex(prev));
  }
  check_effects(server.receive(n2, rejected(7, 0, 0, 0)), {});
}

TEST_CASE("the pipeline stops at the limits in flight, and goes on with what is acknowledged") {
  Config config = plain();
  config.max_entries_in_flight = 3;
  config.max_entries_per_message = 2;
  Server server = settled_leader(config);
  for (std::uint64_t i = 1; i <= 8; ++i) server.request(i, Propose{"a"});
  CHECK(progress_of(server, 1).entries_in_flight() == 3);
  const auto sent = server.receive(n2, accepted(1, 4));
  check_effects(sent, {send(n2, append(1, 4, 1, {command(1, "a"), command(1, "a")}, 1)),
                       send(n2, append(1, 6, 1, {command(1, "a")}, 1))});
  config.max_entries_in_flight = 100;
  config.max_bytes_in_flight = 2 * 17;
  Server bytes = settled_leader(config);
  for (std::uint64_t i = 1; i <= 8; ++i) bytes.request(i, Propose{"a"});
  CHECK(progress_of(bytes, 1).entries_in_flight() == 2);
}

TEST_CASE("a batch ends at its limit in bytes; one larger entry still travels, alone") {
  Config config = plain();
  config.max_bytes_per_message = 40;
  config.max_entries_in_flight = 1;
  Server server = settled_leader(config);
  server.request(1, Propose{"a"});
  server.request(2, Propose{std::string(100, 'b')});
  server.request(3, Propose{"c"});
  check_effects(server.receive(n2, accepted(1, 2)),
                {send(n2, append(1, 2, 1, {command(1, std::string(100, 'b'))}, 1))});
}

TEST_CASE("proposals beyond the bound on uncommitted bytes find the leader busy") {
  Config config = plain();
  config.max_uncommitted_bytes = 2 * 17;
  Server server = settled_leader(config);
  server.request(1, Propose{"a"});
  server.request(2, Propose{"b"});
  const Raft before = server.raft;
  check_effects(server.request(3, Propose{"c"}), {answer(3, Busy{})});
  CHECK(server.raft == before);
  server.all_persisted();
  server.receive(n2, accepted(1, 2));
  server.receive(n3, accepted(1, 2));
  CHECK(server.request(4, Propose{"c"})[0] == answer(4, Proposed{LogIndex(4), Term(1)}));
}

TEST_CASE("who does not lead says who does, if it knows") {
  Server server;
  check_effects(server.request(1, Propose{"a"}), {answer(1, NotLeader{nobody})});
  server.receive(n4, append(1, 0, 0));
  check_effects(server.request(2, Propose{"a"}), {answer(2, NotLeader{n4})});
  check_effects(server.request(3, Read{}), {answer(3, NotLeader{n4})});
}
