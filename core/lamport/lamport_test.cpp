// A node alone: what it says to what it hears.
#include <doctest/doctest.h>

#include "core/lamport/handlers_for_tests.hpp"

namespace lockstep::lamport {
namespace {

Entry entry(std::uint64_t time, NodeId node, std::uint64_t number, std::uint64_t sequence) {
  return {{LamportTime(time), node}, Number(number), origin(sequence), Rig::text(sequence)};
}
std::vector<Number> numbers(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  return {Number(a), Number(b), Number(c)};
}
// Node 3 leads from the start, and its peers have said that they hold nothing.
Rig leader() {
  Rig rig(n3, Mode::replicated);
  rig.hold(n1, numbers(0, 0, 0));
  rig.hold(n2, numbers(0, 0, 0));
  return rig;
}

TEST_CASE("nothing is said before the bound of the clock is durable, and then with one time") {
  Lamport machine(n3, 3, {}, 0);
  Lamport::Out out;
  machine.step({}, lockstep::Started<Record>{}, out);
  for (const auto& effect : out) CHECK_FALSE(std::holds_alternative<Send<Message>>(effect));
  out.clear();
  machine.step({}, Persisted{RecordSeq(1)}, out);
  std::size_t sent = 0;
  for (const auto& effect : out) {
    if (const auto* send = std::get_if<Send<Message>>(&effect)) {
      ++sent;
      std::visit([&](const auto& any) { CHECK(any.time == machine.time()); }, send->message);
    }
  }
  CHECK(sent > 0);
}

TEST_CASE("a leader stamps above the client's clock, and sends when it is durable") {
  Rig rig = leader();
  rig.post(1, LamportTime(1000));
  CHECK(rig.sent<Copies>().empty());
  const Entry& stamped = rig.machine.log().at(n3, Number(1));
  CHECK(stamped.stamp.time > LamportTime(1000));
  rig.persist();
  const auto copies = rig.sent<Copies>();
  REQUIRE(copies.size() == 2);
  CHECK(copies[0].first == n1);
  CHECK(copies[0].second.entries == std::vector<Entry>{stamped});
  CHECK(copies[0].second.time > stamped.stamp.time);
}

TEST_CASE("a leader acknowledges once a majority holds it durably, and each try of it") {
  Rig rig = leader();
  rig.post(1);
  CHECK(rig.replies<Posted>().empty());
  rig.persist();
  CHECK(rig.replies<Posted>().empty());
  rig.post(1);
  CHECK(rig.machine.log().size() == 1);
  rig.hold(n1, numbers(0, 0, 1));
  REQUIRE(rig.replies<Posted>().size() == 1);
  CHECK(rig.replies<Posted>()[0].stamp == rig.machine.log().at(n3, Number(1)).stamp);
  rig.post(1);
  CHECK(rig.replies<Posted>().size() == 1);
  CHECK(rig.machine.log().size() == 1);
}

TEST_CASE("a leader does not count itself before its own disk") {
  Rig rig = leader();
  rig.post(1);
  rig.hold(n1, numbers(0, 0, 1));  // of an earlier life; not of this entry
  CHECK(rig.replies<Posted>().empty());
}

TEST_CASE("a follower passes a post on, and answers with the leader's word") {
  Rig rig(n1, Mode::replicated);
  rig.post(1);
  CHECK(rig.sent<Forward>().empty());
  rig.from(n3, Election{{}, bully::Coordinator{}});
  REQUIRE(rig.sent<Forward>().size() == 1);
  CHECK(rig.sent<Forward>()[0].first == n3);
  CHECK(rig.sent<Forward>()[0].second.text == "m1");
  rig.post(2);
  CHECK(rig.sent<Forward>().size() == 1);
  const Stamp stamp{LamportTime(90), n3};
  rig.from(n3, Acknowledged{LamportTime(95), origin(1), stamp});
  REQUIRE(rig.replies<Posted>().size() == 1);
  CHECK(rig.replies<Posted>()[0].stamp == stamp);
  CHECK(rig.replies<Posted>()[0].time > LamportTime(95));
  rig.from(n3, Acknowledged{LamportTime(95), origin(1), stamp});
  CHECK(rig.replies<Posted>().empty());
  CHECK(rig.machine.waiting() == 1);
}

TEST_CASE("a leader answers the node that passed a post on") {
  Rig rig = leader();
  rig.from(n1, Forward{{}, origin(4), "m4"});
  rig.persist();
  rig.hold(n2, numbers(0, 0, 1));
  REQUIRE(rig.sent<Acknowledged>().size() == 1);
  CHECK(rig.sent<Acknowledged>()[0].first == n1);
}

TEST_CASE("a copy is acknowledged when it is durable, and written after the clock it needs") {
  Rig rig(n1, Mode::replicated);
  rig.from(n3, Copies{LamportTime(9000), {entry(8999, n3, 1, 1)}});
  CHECK(rig.machine.time() > LamportTime(9000));
  CHECK(rig.sent<Holding>().empty());
  CHECK(rig.machine.log().order().empty());
  rig.persist();
  REQUIRE(rig.sent<Holding>().size() == 1);
  CHECK(rig.sent<Holding>()[0].second.numbers == numbers(0, 0, 1));
  CHECK(rig.machine.log().order().size() == 1);
  Rig again(n1, Mode::replicated, rig.written);
  CHECK(again.machine.log().order() == rig.machine.log().order());
  CHECK(again.machine.time() > rig.machine.time());
}

TEST_CASE("a gap is asked for once, what stands behind it waits, and coming late is counted") {
  Rig rig(n1, Mode::replicated);
  rig.from(n3, Copies{LamportTime(50), {entry(20, n3, 2, 2)}});
  REQUIRE(rig.sent<Holding>().size() == 1);
  CHECK(rig.sent<Holding>()[0].second.asks);
  rig.from(n3, Copies{LamportTime(50), {entry(30, n3, 3, 3)}});
  CHECK(rig.sent<Holding>().empty());
  CHECK(rig.machine.log().size() == 0);
  CHECK(rig.machine.violations() == 0);
  rig.from(n3, Copies{LamportTime(50), {entry(10, n3, 1, 1)}});
  CHECK(rig.machine.log().size() == 3);
  CHECK(rig.machine.violations() == 1);
}

TEST_CASE("what was lost of one stream is asked for although the others go on") {
  Rig rig(n1, Mode::multicast);
  const auto asked = [&] {
    std::vector<NodeId> askers;
    for (const auto& [node, holding] : rig.sent<Holding>()) {
      if (holding.asks) askers.push_back(node);
    }
    return askers;
  };
  rig.hold(n2, numbers(0, 1, 0));
  for (std::uint64_t number = 1; number <= 3; ++number) {
    rig.from(n3, Copies{LamportTime(100), {entry(10 + number, n3, number, number)}});
    rig.persist();
    rig.tick();
    CHECK(asked() == std::vector{n2});
  }
  rig.from(n2, Copies{LamportTime(100), {entry(9, n2, 1, 9)}});
  rig.persist();
  rig.tick();
  CHECK(asked().empty());
  rig.hold(n2, numbers(0, 3, 0));
  rig.from(n2, Copies{LamportTime(100), {entry(15, n2, 2, 10)}});
  rig.persist();
  rig.tick();
  CHECK(asked().empty());  // the rest may be on its way
  rig.tick();
  CHECK(asked() == std::vector{n2});
}

TEST_CASE("what no honest node says is left out") {
  Rig rig(n1, Mode::replicated);
  const auto hear = [&](Entry wrong) {
    rig.from(n3, Copies{LamportTime(50), {std::move(wrong)}});
    CHECK(rig.machine.log().size() == 0);
  };
  hear(entry(51, n3, 1, 1));         // stamped after it was sent
  hear(entry(10, n1, 1, 1));         // we never stamped it
  hear(entry(10, NodeId(4), 1, 1));  // no member
  hear(entry(10, n3, 0, 1));
  Entry longer = entry(10, n3, 1, 1);
  longer.text.resize(70000);
  hear(longer);
  rig.from(n3, Copies{furthest_time.next(), {entry(10, n3, 1, 1)}});
  rig.from(NodeId(9), Copies{LamportTime(50), {entry(10, n3, 1, 1)}});
  CHECK(rig.machine.log().size() == 0);
  rig.from(n3, Copies{LamportTime(50), {entry(10, n3, 1, 1), entry(10, n3, 2, 2)}});
  CHECK(rig.machine.log().size() == 1);  // the stamps of a node ascend
}

TEST_CASE("too long, too many, and too late") {
  Rig rig(n1, Mode::replicated);
  rig.step(Requested<Request>{RequestId(1), Post{{}, origin(1), std::string(70000, 'x')}});
  REQUIRE(rig.replies<TooLong>().size() == 1);
  CHECK(rig.replies<TooLong>()[0].limit == 65536);
  rig.post(2);
  rig.now = Instant(0) + seconds(11);
  rig.step(TimerFired<Timer>{Timer::sync, TimerEpoch(1)});
  REQUIRE(rig.replies<Overdue>().size() == 1);
  CHECK(rig.replies<Overdue>()[0].sequence == Sequence(2));
  CHECK(rig.machine.waiting() == 0);
}

TEST_CASE("a read goes on where the last one ended") {
  Rig rig = leader();
  for (std::uint64_t i = 1; i <= 5; ++i) rig.post(i);
  rig.persist();
  rig.step(Requested<Request>{RequestId(9), Read{{}, {}, 3}});
  const Messages first = rig.replies<Messages>().at(0);
  CHECK(first.entries.size() == 3);
  CHECK(first.more);
  rig.step(Requested<Request>{RequestId(10), Read{{}, first.entries.back().stamp, 3}});
  const Messages second = rig.replies<Messages>().at(0);
  CHECK(second.entries.size() == 2);
  CHECK_FALSE(second.more);
  CHECK(second.entries.front().origin == origin(4));
}

TEST_CASE("multicast: shown once every clock has passed and everybody holds it") {
  Rig rig(n1, Mode::multicast);
  rig.post(1);
  rig.persist();
  const Entry mine = rig.machine.log().at(n1, Number(1));
  const LamportTime later(mine.stamp.time.value() + 10);
  rig.hold(n2, numbers(1, 0, 0), later);
  CHECK(rig.replies<Posted>().empty());
  rig.hold(n3, numbers(0, 0, 0), later);
  CHECK(rig.replies<Posted>().empty());  // its clock has passed, but it does not hold it
  rig.hold(n3, numbers(1, 0, 0), later);
  REQUIRE(rig.replies<Posted>().size() == 1);
  CHECK(rig.machine.log().order().size() == 1);
}

TEST_CASE("multicast: a clock counts once what was stamped before it is here") {
  Rig rig(n1, Mode::multicast);
  rig.post(1);
  rig.persist();
  const LamportTime mine = rig.machine.log().at(n1, Number(1)).stamp.time;
  const LamportTime later(mine.value() + 10);
  rig.hold(n2, numbers(1, 0, 0), later);
  rig.from(n3, Holding{later, numbers(1, 0, 0), Number(1), false});
  CHECK(rig.replies<Posted>().empty());
  Entry theirs = entry(mine.value() - 1, n3, 1, 9);
  rig.from(n3, Copies{later, {theirs}});
  CHECK(rig.replies<Posted>().empty());
  rig.persist();
  rig.hold(n2, numbers(1, 0, 1), LamportTime(later.value() + 1));
  REQUIRE(rig.replies<Posted>().size() == 1);
  CHECK(rig.machine.log().order().begin()->first == theirs.stamp);
}

TEST_CASE("of messages only a heartbeat is worthless later") {
  CHECK(is_worthless_later(Election{{}, bully::Heartbeat{}}));
  CHECK_FALSE(is_worthless_later(Election{{}, bully::Coordinator{}}));
  CHECK_FALSE(is_worthless_later(Holding{}));
}

TEST_CASE("a configuration that could not work is refused") {
  CHECK(refusal(Config{}).empty());
  const auto refused = [](auto change) {
    Config config;
    change(config);
    return !refusal(config).empty();
  };
  CHECK(refused([](Config& c) { c.sync = Duration(0); }));
  CHECK(refused([](Config& c) { c.patience = Duration(0); }));
  CHECK(refused([](Config& c) { c.block = 1; }));
  CHECK(refused([](Config& c) { c.max_entries = 0; }));
  CHECK(refused([](Config& c) { c.election.heartbeat = Duration(0); }));
}

}  // namespace
}  // namespace lockstep::lamport
