// Clusters that break each rule, told fact by fact.
#include "sim/check/lamport_rules.hpp"

#include <doctest/doctest.h>

namespace lockstep::sim {
namespace {

using namespace lamport;

constexpr NodeId n1{1}, n2{2}, n3{3};

Stamp stamp_at(std::uint64_t time, NodeId node = n1) { return {LamportTime(time), node}; }
Origin origin(std::uint64_t sequence) { return {ClientId(1), Sequence(sequence)}; }
Entry entry(Stamp stamp, std::uint64_t number, std::uint64_t sequence) {
  return {stamp, Number(number), origin(sequence), "m"};
}
Log log_of(const std::vector<Entry>& entries) {
  Log log(3);
  for (const Entry& entry : entries) {
    log.accept(entry);
    log.settle(entry.stamp.node, entry.number);
    log.show(entry.stamp.node, entry.number);
  }
  return log;
}

struct Rig {
  explicit Rig(Mode mode = Mode::replicated) : rules(3, 1, mode) {}
  LamportRules rules;

  void keep(NodeId node, const Entry& entry, std::uint64_t record = 1, bool durable = true) {
    rules.persisted({}, node, entry);
    if (durable) rules.told_durable(node, RecordSeq(record));
  }
  [[nodiscard]] std::string broken() {
    return rules.violations().empty() ? "" : rules.violations().front().rule;
  }
};

TEST_CASE("a clock neither goes back nor stands still, not even over a restart") {
  Rig rig;
  rig.rules.said({}, n1, LamportTime(5));
  rig.rules.said({}, n1, LamportTime(5));  // in one step
  rig.rules.step_ends(n1);
  rig.rules.stamped({}, n1, stamp_at(6));
  rig.rules.said({}, n1, LamportTime(7));
  rig.rules.step_ends(n1);
  CHECK(rig.broken().empty());
  rig.rules.started(n1, {});
  rig.rules.said({}, n1, LamportTime(7));
  CHECK(rig.broken() == "clock goes back");
}

TEST_CASE("a stamp of the past, and one below what happened before it") {
  Rig past;
  past.rules.said({}, n1, LamportTime(5));
  past.rules.step_ends(n1);
  past.rules.stamped({}, n1, stamp_at(5));
  CHECK(past.broken() == "clock goes back");

  Rig cause;
  cause.rules.causes().stepped(0);
  cause.rules.stamped({}, n1, stamp_at(9));
  cause.rules.causes().sent(1, 0);
  cause.rules.causes().received(1, 1);
  cause.rules.causes().stepped(1);
  cause.rules.stamped({}, n2, stamp_at(9, n2));
  CHECK(cause.broken() == "happened-before");
}

TEST_CASE("a clock is beyond what it heard") {
  Rig rig;
  rig.rules.heard({}, n1, LamportTime(4), LamportTime(5));
  CHECK(rig.broken().empty());
  rig.rules.heard({}, n1, LamportTime(5), LamportTime(5));
  CHECK(rig.broken() == "clock behind what it heard");
}

TEST_CASE("one stamp is one message's") {
  Rig rig;
  rig.keep(n1, entry(stamp_at(3), 1, 1));
  rig.keep(n2, entry(stamp_at(3), 1, 1));
  CHECK(rig.broken().empty());
  rig.keep(n3, entry(stamp_at(3), 1, 2));
  CHECK(rig.broken() == "stamp used twice");
}

TEST_CASE("what a crash took away before it left was nobody's") {
  Rig rig;
  rig.keep(n1, entry(stamp_at(3), 1, 1), 1, false);
  rig.rules.started(n1, {});
  rig.keep(n1, entry(stamp_at(3), 1, 2));
  CHECK(rig.broken().empty());
  rig.rules.started(n1, {entry(stamp_at(3), 1, 2)});
  rig.keep(n1, entry(stamp_at(3), 1, 1));
  CHECK(rig.broken() == "stamp used twice");
}

TEST_CASE("nobody says it holds, or passes on, what it was not told is durable") {
  Rig holds, copies;
  const Holding holding{LamportTime(4), {Number(1), Number(0), Number(0)}, {}, false};
  holds.keep(n1, entry(stamp_at(3), 1, 1), 1, false);
  holds.rules.said({}, n1, LamportTime(4), holding);
  CHECK(holds.broken() == "said before durable");
  copies.keep(n1, entry(stamp_at(3), 1, 1), 1, false);
  copies.rules.said({}, n1, LamportTime(4), Copies{LamportTime(4), {entry(stamp_at(3), 1, 1)}});
  CHECK(copies.broken() == "said before durable");
}

TEST_CASE("acknowledged is what a majority holds durably; in multicast, what everybody does") {
  Rig few, enough, multicast(Mode::multicast);
  few.keep(n1, entry(stamp_at(3), 1, 1));
  few.keep(n2, entry(stamp_at(3), 1, 1), 1, false);
  few.rules.acknowledged({}, n1, origin(1));
  CHECK(few.broken() == "acknowledged too early");
  for (Rig* rig : {&enough, &multicast}) {
    rig->keep(n1, entry(stamp_at(3), 1, 1));
    rig->keep(n2, entry(stamp_at(3), 1, 1));
    rig->rules.acknowledged({}, n1, origin(1));
  }
  CHECK(enough.broken().empty());
  CHECK(multicast.broken() == "acknowledged too early");
}

TEST_CASE("multicast delivers one order, without a hole, again after a restart") {
  Rig rig(Mode::multicast);
  rig.rules.shown({}, n1, stamp_at(3));
  rig.rules.shown({}, n1, stamp_at(5));
  rig.rules.started(n1, {});
  rig.rules.shown({}, n1, stamp_at(3));
  rig.rules.shown({}, n2, stamp_at(3));
  CHECK(rig.broken().empty());
  rig.rules.shown({}, n2, stamp_at(7));
  CHECK(rig.broken() == "order differs");

  Rig back(Mode::multicast);
  back.rules.shown({}, n1, stamp_at(5));
  back.rules.shown({}, n1, stamp_at(3));
  CHECK(back.broken() == "order differs");
}

TEST_CASE("a node keeps what it showed") {
  Rig rig;
  rig.rules.judge_shown({}, n1, log_of({entry(stamp_at(3), 1, 1)}));
  rig.rules.judge_shown({}, n1, log_of({}));
  CHECK(rig.broken() == "message lost");
}

// Two looks stamp_at two logs, with all the time in the world between them.
std::string judged(Rig& rig, const Log& first, const Log& second) {
  const std::vector<LamportRules::Group> groups{{{{n1, &first}, {n2, &second}}}};
  rig.rules.judge_quiet(Instant(0), groups, seconds(1));
  rig.rules.judge_quiet(Instant(0) + milliseconds(999), groups, seconds(1));
  CHECK(rig.broken().empty());
  rig.rules.judge_quiet(Instant(0) + seconds(1), groups, seconds(1));
  return rig.broken();
}

TEST_CASE("after a quiet time all that reach one another show the same, at the same stamps") {
  Rig equal, missing, moved, lost;
  const Log one = log_of({entry(stamp_at(3), 1, 1)});
  CHECK(judged(equal, one, one).empty());
  CHECK(judged(missing, one, log_of({})) == "logs differ");
  CHECK(judged(moved, one, log_of({entry(stamp_at(4), 1, 1)})) == "logs differ");
  lost.keep(n1, entry(stamp_at(3), 1, 1));
  lost.keep(n3, entry(stamp_at(3), 1, 1));
  lost.rules.acknowledged({}, n1, origin(1));
  CHECK(judged(lost, log_of({}), log_of({})) == "message lost");
}

TEST_CASE("a disturbance begins the quiet time anew") {
  Rig rig;
  const Log one = log_of({entry(stamp_at(3), 1, 1)}), none = log_of({});
  const std::vector<LamportRules::Group> groups{{{{n1, &one}, {n2, &none}}}};
  rig.rules.judge_quiet(Instant(0), groups, seconds(1));
  rig.rules.disturbed();
  rig.rules.judge_quiet(Instant(0) + seconds(2), groups, seconds(1));
  CHECK(rig.broken().empty());
}

}  // namespace
}  // namespace lockstep::sim
