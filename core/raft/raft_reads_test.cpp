// ReadIndex: a read is served when a majority confirmed the leader after the read began.
#include "core/raft/server_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::raft;

namespace {

Server leader_to_read() {
  Server server;
  server.lead();
  server.everything_accepted();
  return server;
}

Out beat(std::uint64_t round, std::uint64_t index = 1) {
  const AppendEntries message = append(1, index, 1, {}, index, round);
  return {send(n2, message), send(n3, message), send(n4, message), send(n5, message)};
}

}  // namespace

TEST_CASE("a read waits until a majority answered a round that began after it") {
  Server server = leader_to_read();
  check_effects(server.request(1, Read{}), beat(1));
  check_effects(server.receive(n2, accepted(1, 1, 0)), {});
  check_effects(server.receive(n2, accepted(1, 1, 1)), {});
  check_effects(server.receive(n2, accepted(1, 1, 1)), {});
  check_effects(server.receive(n3, accepted(1, 1, 1)), {answer(1, ReadReady{LogIndex(1)})});
  check_effects(server.receive(n4, accepted(1, 1, 1)), {});
}

TEST_CASE("a rejection of the same term confirms a leader too") {
  Server server = leader_to_read();
  server.request(1, Read{});
  server.receive(n2, rejected(1, 1, 0, 0, 1));
  check_effects(server.receive(n3, rejected(1, 1, 0, 0, 1)), {answer(1, ReadReady{LogIndex(1)})});
}

TEST_CASE("reads that arrive during a round share the next one") {
  Server server = leader_to_read();
  server.request(1, Read{});
  check_effects(server.request(2, Read{}), {});
  check_effects(server.request(3, Read{}), {});
  server.receive(n2, accepted(1, 1, 1));
  Out expected{answer(1, ReadReady{LogIndex(1)})};
  for (const auto& effect : beat(2)) expected.push_back(effect);
  check_effects(server.receive(n3, accepted(1, 1, 1)), expected);
  server.receive(n2, accepted(1, 1, 2));
  check_effects(server.receive(n3, accepted(1, 1, 2)),
                {answer(2, ReadReady{LogIndex(1)}), answer(3, ReadReady{LogIndex(1)})});
}

TEST_CASE("every append carries the newest round, and its answer confirms it") {
  Server server = leader_to_read();
  server.request(1, Read{});
  const auto sent = server.request(2, Propose{"a"});
  CHECK(sent[1] == send(n2, append(1, 1, 1, {command(1, "a")}, 1, 1)));
  server.receive(n2, accepted(1, 2, 1));
  check_effects(server.receive(n3, accepted(1, 2, 1)), {answer(1, ReadReady{LogIndex(1)})});
}

TEST_CASE("an answer to a round that never was confirms nothing") {
  Server server = leader_to_read();
  server.request(1, Read{});
  server.receive(n2, accepted(1, 1, 2));
  server.receive(n3, accepted(1, 1, 9));
  check_effects(server.receive(n4, accepted(1, 1, 9)), {});
  server.receive(n2, accepted(1, 1, 1));
  check_effects(server.receive(n3, accepted(1, 1, 1)), {answer(1, ReadReady{LogIndex(1)})});
}

TEST_CASE("before an entry of its term is committed a leader serves no read") {
  Server server(plain(), disk_of(2, n1, {1, 2}));
  server.lead();
  check_effects(server.request(1, Read{}), {});
  server.receive(n2, accepted(3, 3));
  const AppendEntries round = append(3, 3, 3, {}, 3, 1);
  const AppendEntries probe = append(3, 2, 2, {}, 3, 1);
  check_effects(server.receive(n3, accepted(3, 3)),
                {notice(Committed{LogIndex(3), Term(3)}), send(n2, round), send(n3, round),
                 send(n4, probe), send(n5, probe)});
  server.receive(n4, rejected(3, 2, 0, 0, 1));
  check_effects(server.receive(n2, accepted(3, 3, 1)), {answer(1, ReadReady{LogIndex(3)})});
}

TEST_CASE("reads of a leader that is deposed are sent away") {
  Server server = leader_to_read();
  server.request(1, Read{});
  server.request(2, Read{});
  const auto effects = server.receive(n4, append(2, 1, 1));
  CHECK(effects[0] == notice(SteppedDown{Term(1), StepDown::higher_term}));
  CHECK(effects[1] == answer(1, NotLeader{n4}));
  CHECK(effects[2] == answer(2, NotLeader{n4}));
  check_effects(server.receive(n2, accepted(1, 1, 1)), {});
}
