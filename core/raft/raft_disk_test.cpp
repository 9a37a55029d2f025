// A disk that does not answer: Config::check_disk.
#include <doctest/doctest.h>

#include "core/raft/server_for_tests.hpp"

namespace lockstep::raft {
namespace {

// Its followers answer all the time.
void heartbeats(Server& server, int times) {
  for (int i = 0; i < times && server.raft.role() == RoleName::leader; ++i) {
    server.ring(server.heartbeat);
    server.everything_accepted();
  }
}

}  // namespace

TEST_CASE("a leader steps down when its oldest write is not down after an election timeout") {
  Server server;
  server.lead();
  server.request(1, Propose{"x"});
  heartbeats(server, 2);  // 100 ms
  CHECK(server.raft.role() == RoleName::leader);
  CHECK(server.raft.commit() == LogIndex(2));  // the others' disks are a majority
  check_effects(
      server.ring(server.heartbeat),
      {notice(SteppedDown{Term(1), StepDown::stalled_disk}), cancel(Timer::heartbeat),
       set(Timer::election, 2, milliseconds(300)), notice(BecameFollower{Term(1), nobody})});
}

TEST_CASE("writes that are slow, but not as slow as an election timeout, keep a leader") {
  Server server;
  server.lead();
  for (std::uint64_t i = 0; i < 10; ++i) {
    server.request(i, Propose{"x"});
    heartbeats(server, 2);
    server.all_persisted();
  }
  CHECK(server.raft.role() == RoleName::leader);
}

TEST_CASE("check_disk can be left out") {
  Config config = plain();
  config.check_disk = false;
  Server server(config);
  server.lead();
  server.request(1, Propose{"x"});
  heartbeats(server, 10);
  CHECK(server.raft.role() == RoleName::leader);
}

TEST_CASE("nobody stands for election while its disk does not answer") {
  Server server;
  server.receive(n2, append(1, 0, 0, {command(1)}));
  for (int i = 0; i < 4; ++i) {
    server.ring(server.election);
    CHECK(server.raft.role() == RoleName::follower);
    CHECK(server.raft.term() == Term(1));
  }
  const Raft stalled = server.raft;
  check_effects(server.receive(n2, TimeoutNow{Term(1)}), {});
  CHECK(server.raft == stalled);
  server.all_persisted();
  server.ring(server.election);
  CHECK(server.raft.role() == RoleName::candidate);
}

}  // namespace lockstep::raft
