#include "core/bully/bully.hpp"

#include <doctest/doctest.h>

#include <type_traits>

#include "core/base/check.hpp"

using namespace lockstep;
using namespace lockstep::bully;

static_assert(Machine<Bully>);
static_assert(std::is_trivially_copyable_v<Bully>);
static_assert(sizeof(Bully) <= 128, "ten thousand of them run at once");

namespace {

using Out = Effects<Alphabet>;
constexpr Instant t0{};
constexpr Instant t1 = t0 + milliseconds(10);

Effect<Alphabet> send(std::uint32_t to, Message message) {
  return Send<Message>{.to = NodeId(to), .message = message};
}
Effect<Alphabet> set(Timer timer, std::uint64_t epoch, Instant at) {
  return SetTimer<Timer>{.timer = timer, .epoch = TimerEpoch(epoch), .at = at};
}
Effect<Alphabet> cancel(Timer timer) { return CancelTimer<Timer>{timer}; }
Effect<Alphabet> notify(Notice notice) { return Notify<Notice>{notice}; }
Event<Alphabet> from(std::uint32_t id, Message message) {
  return Received<Message>{.from = NodeId(id), .message = message};
}
Event<Alphabet> fired(Timer timer, std::uint64_t epoch) {
  return TimerFired<Timer>{.timer = timer, .epoch = TimerEpoch(epoch)};
}

Out step(Bully& machine, Instant now, const Event<Alphabet>& event) {
  Out out;
  machine.step(now, event, out);
  return out;
}

// Process `self` of 5 in each role; its latest timer epoch is in the comment.
Bully follower(std::uint32_t self) {  // of 5; epoch 1, failure at 500 ms
  Bully machine(NodeId(self), 5, Config{.start_with_highest = true}, 0);
  (void)step(machine, t0, Started<Nothing>{});
  return machine;
}
Bully electing(std::uint32_t self) {  // epoch 1, answer at 200 ms
  Bully machine(NodeId(self), 5, Config{}, 0);
  (void)step(machine, t0, Started<Nothing>{});
  return machine;
}
Bully waiting(std::uint32_t self) {  // epoch 2, coordinator at 600 ms
  Bully machine = electing(self);
  (void)step(machine, t0, from(5, bully::Answer{}));
  return machine;
}
Bully coordinator(std::uint32_t self) {  // epoch 2, heartbeat at 300 ms
  Bully machine = electing(self);
  (void)step(machine, t0 + milliseconds(200), fired(Timer::answer, 1));
  return machine;
}

}  // namespace

TEST_CASE("a started process holds an election among the higher ids") {
  Bully machine(NodeId(3), 5, Config{}, 0);
  CHECK(machine.coordinator() == nobody);
  CHECK(step(machine, t1, Started<Nothing>{}) ==
        Out{notify(ElectionStarted{}), send(4, Election{}), send(5, Election{}),
            set(Timer::answer, 1, t1 + milliseconds(200))});
  CHECK(machine.role() == RoleName::electing);
  CHECK(machine.coordinator() == nobody);
}

TEST_CASE("the highest id asks nobody and is coordinator at once") {
  Bully machine(NodeId(3), 3, Config{}, 0);
  CHECK(step(machine, t1, Started<Nothing>{}) ==
        Out{notify(ElectionStarted{}), send(2, Coordinator{}), send(1, Coordinator{}),
            set(Timer::heartbeat, 1, t1 + milliseconds(100)), notify(BecameCoordinator{})});
  CHECK(machine.role() == RoleName::coordinator);
  CHECK(machine.coordinator() == NodeId(3));
}

TEST_CASE("a process alone in the world is its own coordinator") {
  Bully machine(NodeId(1), 1, Config{}, 0);
  (void)step(machine, t0, Started<Nothing>{});
  CHECK(machine.coordinator() == NodeId(1));
  CHECK(step(machine, t0 + milliseconds(100), fired(Timer::heartbeat, 1)) ==
        Out{set(Timer::heartbeat, 2, t0 + milliseconds(200))});
}

TEST_CASE("start_with_highest costs one alarm a process and no message") {
  const Config config{.start_with_highest = true};
  Bully low(NodeId(1), 10'000, config, 0);
  CHECK(step(low, t0, Started<Nothing>{}) == Out{set(Timer::failure, 1, t0 + milliseconds(500)),
                                                 notify(AcceptedCoordinator{NodeId(10'000)})});
  CHECK(low.coordinator() == NodeId(10'000));
  Bully high(NodeId(10'000), 10'000, config, 0);
  CHECK(step(high, t0, Started<Nothing>{}) ==
        Out{set(Timer::heartbeat, 1, t0 + milliseconds(100)), notify(BecameCoordinator{})});
  CHECK(high.role() == RoleName::coordinator);
}

TEST_CASE("a follower answers a lower id and starts its own election once") {
  Bully machine = follower(3);
  CHECK(step(machine, t1, from(1, Election{})) ==
        Out{send(1, bully::Answer{}), notify(ElectionStarted{}), send(4, Election{}),
            send(5, Election{}), cancel(Timer::failure),
            set(Timer::answer, 2, t1 + milliseconds(200))});
  CHECK(machine.role() == RoleName::electing);
  CHECK(step(machine, t1, from(2, Election{})) == Out{send(2, bully::Answer{})});
  CHECK(step(machine, t1, from(1, Election{})) == Out{send(1, bully::Answer{})});
}

TEST_CASE("a process that waits for COORDINATOR answers and starts nothing") {
  Bully machine = waiting(3);
  CHECK(step(machine, t1, from(2, Election{})) == Out{send(2, bully::Answer{})});
  CHECK(machine.role() == RoleName::waiting);
}

TEST_CASE("a coordinator answers an election with its outcome") {
  Bully machine = coordinator(4);
  CHECK(step(machine, t1, from(2, Election{})) ==
        Out{send(2, bully::Answer{}), send(2, Coordinator{})});
  CHECK(machine.role() == RoleName::coordinator);
}

TEST_CASE("no answer in time makes a coordinator, announced to every lower id") {
  Bully machine = electing(3);
  const Instant now = t0 + milliseconds(200);
  CHECK(step(machine, now, fired(Timer::answer, 1)) ==
        Out{send(2, Coordinator{}), send(1, Coordinator{}),
            set(Timer::heartbeat, 2, now + milliseconds(100)), notify(BecameCoordinator{})});
  CHECK(machine.role() == RoleName::coordinator);
}

TEST_CASE("an answered process waits for COORDINATOR; further answers change nothing") {
  Bully machine = electing(3);
  CHECK(step(machine, t1, from(5, bully::Answer{})) ==
        Out{cancel(Timer::answer), set(Timer::coordinator, 2, t1 + milliseconds(600))});
  CHECK(machine.role() == RoleName::waiting);
  CHECK(step(machine, t1, from(4, bully::Answer{})).empty());
  CHECK(machine.role() == RoleName::waiting);
}

TEST_CASE("a promise of COORDINATOR that is not kept means another election") {
  Bully machine = waiting(4);
  const Instant now = t0 + milliseconds(600);
  CHECK(step(machine, now, fired(Timer::coordinator, 2)) ==
        Out{notify(ElectionStarted{}), send(5, Election{}),
            set(Timer::answer, 3, now + milliseconds(200))});
  CHECK(machine.role() == RoleName::electing);
}

TEST_CASE("COORDINATOR from above ends an election in every role") {
  for (Bully machine : {electing(3), waiting(3), coordinator(3)}) {
    const Out out = step(machine, t1, from(4, Coordinator{}));
    CHECK(out.size() == 3);  // cancel the role's alarm, set failure, notify
    CHECK(out.back() == notify(AcceptedCoordinator{NodeId(4)}));
    CHECK(machine.role() == RoleName::follower);
    CHECK(machine.coordinator() == NodeId(4));
  }
}

TEST_CASE("a heartbeat from above repairs a lost COORDINATOR") {
  Bully machine = waiting(3);
  CHECK(step(machine, t1, from(4, Heartbeat{})) ==
        Out{cancel(Timer::coordinator), set(Timer::failure, 3, t1 + milliseconds(500)),
            notify(AcceptedCoordinator{NodeId(4)})});
  CHECK(machine.coordinator() == NodeId(4));
}

TEST_CASE("heartbeats of the coordinator have no effects; silence is measured from the last") {
  Bully machine = follower(3);
  CHECK(step(machine, t0 + milliseconds(400), from(5, Heartbeat{})).empty());
  CHECK(step(machine, t0 + milliseconds(500), fired(Timer::failure, 1)) ==
        Out{set(Timer::failure, 2, t0 + milliseconds(900))});
  const Instant silent = t0 + milliseconds(900);
  CHECK(step(machine, silent, fired(Timer::failure, 2)) ==
        Out{notify(SuspectedCoordinator{NodeId(5)}), notify(ElectionStarted{}), send(4, Election{}),
            send(5, Election{}), set(Timer::answer, 3, silent + milliseconds(200))});
}

TEST_CASE("a follower takes a higher coordinator over, and a lower one only by announcement") {
  Bully machine = follower(2);
  CHECK(step(machine, t1, from(4, Heartbeat{})).empty());
  CHECK(machine.coordinator() == NodeId(5));
  CHECK(step(machine, t1, from(4, Coordinator{})) == Out{notify(AcceptedCoordinator{NodeId(4)})});
  CHECK(machine.coordinator() == NodeId(4));
  CHECK(step(machine, t1, from(5, Heartbeat{})) == Out{notify(AcceptedCoordinator{NodeId(5)})});
  CHECK(machine.coordinator() == NodeId(5));
}

TEST_CASE("a coordinator bullies a lower one and yields to a higher one") {
  Bully machine = coordinator(4);
  CHECK(step(machine, t1, from(2, Heartbeat{})) == Out{send(2, Coordinator{})});
  CHECK(machine.role() == RoleName::coordinator);
  CHECK(step(machine, t1, from(5, Heartbeat{})) ==
        Out{cancel(Timer::heartbeat), set(Timer::failure, 3, t1 + milliseconds(500)),
            notify(AcceptedCoordinator{NodeId(5)})});
  CHECK(machine.role() == RoleName::follower);
}

TEST_CASE("a process that is not coordinator leaves a lower coordinator to its own") {
  for (Bully machine : {follower(3), electing(3), waiting(3)}) {
    const Bully before = machine;
    CHECK(step(machine, t1, from(2, Heartbeat{})).empty());
    CHECK(step(machine, t1, from(2, Coordinator{})).empty());
    CHECK(machine == before);
  }
}

TEST_CASE("the coordinator sends heartbeats up and down") {
  Bully machine = coordinator(3);
  const Instant now = t0 + milliseconds(300);
  CHECK(step(machine, now, fired(Timer::heartbeat, 2)) ==
        Out{send(1, Heartbeat{}), send(2, Heartbeat{}), send(4, Heartbeat{}), send(5, Heartbeat{}),
            set(Timer::heartbeat, 3, now + milliseconds(100))});
}

TEST_CASE("a request starts an election unless one is running, and is answered at once") {
  const Effect<Alphabet> done = lockstep::Answer<Nothing>{.id = RequestId(7), .reply = {}};
  const Event<Alphabet> asked = Requested<Request>{.id = RequestId(7), .request = {}};
  Bully idle = follower(4);
  CHECK(step(idle, t1, asked) == Out{done, notify(ElectionStarted{}), send(5, Election{}),
                                     cancel(Timer::failure),
                                     set(Timer::answer, 2, t1 + milliseconds(200))});
  CHECK(step(idle, t1, asked) == Out{done});
  Bully busy = waiting(4);
  CHECK(step(busy, t1, asked) == Out{done});
  Bully leading = coordinator(4);
  (void)step(leading, t1, asked);
  CHECK(leading.role() == RoleName::electing);
}

TEST_CASE("late firings, late answers and messages from outside change nothing") {
  for (Bully machine : {follower(3), electing(3), waiting(3), coordinator(3)}) {
    const Bully before = machine;
    for (const Timer timer :
         {Timer::heartbeat, Timer::failure, Timer::answer, Timer::coordinator}) {
      CHECK(step(machine, t1, fired(timer, 0)).empty());
      CHECK(step(machine, t1, fired(timer, 99)).empty());
    }
    CHECK(step(machine, t1, from(1, bully::Answer{})).empty());
    CHECK(step(machine, t1, from(5, Election{})).empty());
    for (const Message message : {Message(Election{}), Message(bully::Answer{}),
                                  Message(Coordinator{}), Message(Heartbeat{})})
      for (const std::uint32_t stranger : {0u, 3u, 6u, client_base})
        CHECK(step(machine, t1, from(stranger, message)).empty());
    CHECK(step(machine, t1, Sampled{}).empty());
    CHECK(machine == before);
  }
  Bully late = coordinator(3);
  CHECK(step(late, t1, from(5, bully::Answer{})).empty());
  CHECK(step(late, t1, fired(Timer::answer, 1)).empty());
}

TEST_CASE("an alarm of another role or before the start changes nothing, whatever its epoch") {
  for (Bully machine : {follower(3), electing(3), waiting(3), coordinator(3)}) {
    const Bully before = machine;
    for (const Timer timer :
         {Timer::heartbeat, Timer::failure, Timer::answer, Timer::coordinator}) {
      for (const std::uint64_t epoch : {1u, 2u}) {
        const Out out = step(machine, t0 + seconds(9), fired(timer, epoch));
        const bool pending = static_cast<std::size_t>(timer) ==
                             (static_cast<std::size_t>(before.role()) + 1) %
                                 4;  // heartbeat belongs to the last role, coordinator
        if (!pending) CHECK(out.empty());
        machine = before;
      }
    }
  }
  Bully unborn(NodeId(1), 5, Config{}, 0);
  CHECK(step(unborn, t0, fired(Timer::failure, 0)).empty());
}

TEST_CASE("one alarm fires once") {
  Bully machine = coordinator(2);
  (void)step(machine, t1, fired(Timer::heartbeat, 2));
  CHECK(step(machine, t1, fired(Timer::heartbeat, 2)).empty());
}

TEST_CASE("what only a bug could do is not tolerated") {
  CHECK_THROWS_AS(Bully(NodeId(0), 3, Config{}, 0), CheckFailed);
  CHECK_THROWS_AS(Bully(NodeId(4), 3, Config{}, 0), CheckFailed);
  CHECK_THROWS_AS(Bully(NodeId(1), 3, Config{.heartbeat = Duration(0)}, 0), CheckFailed);
  Bully machine = follower(1);
  CHECK_THROWS_AS(step(machine, t1, Started<Nothing>{}), CheckFailed);
  CHECK_THROWS_AS(step(machine, t1, Persisted{}), CheckFailed);
}

TEST_CASE("a configuration that cannot work is refused with what to change") {
  CHECK(refusal(Config{}).empty());
  CHECK(refusal(Config{.heartbeat = Duration(0)}).find("heartbeat ") == 0);
  CHECK(refusal(Config{.heartbeat_timeout = milliseconds(100)}).find("heartbeat_timeout") == 0);
  CHECK(refusal(Config{.answer_timeout = Duration(0)}).find("answer_timeout") == 0);
  CHECK(refusal(Config{.coordinator_timeout = milliseconds(200)}).find("coordinator_timeout") == 0);
}
