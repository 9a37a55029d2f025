#include "core/kv/store.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "core/base/check.hpp"
#include "core/base/overloaded.hpp"
#include "core/base/random.hpp"
#include "core/text/to_text.hpp"

using namespace lockstep;
using namespace lockstep::kv;

namespace {

// A store with a log index that counts by itself.
struct Log {
  Store store;
  raft::LogIndex index;
  explicit Log(Limits limits = {}) : store(limits) {}
  Reply operator()(const Command& command) { return store.apply(++index, command); }
  SessionId open() { return std::get<SessionOpened>((*this)(OpenSession{})).session; }
  Reply run(SessionId session, std::uint64_t serial, Operation operation, std::uint64_t below = 1) {
    return (*this)(ClientRequest{session, Serial(serial), Serial(below), std::move(operation)});
  }
  Result get(const std::string& key) const { return store.read(key); }
};

Reply completed(std::uint64_t serial) { return Completed{Serial(serial), Done{}}; }
Reply stale(std::uint64_t serial) { return Stale{Serial(serial)}; }
Reply expired(std::uint64_t serial, SessionId id) { return SessionExpired{Serial(serial), id}; }

}  // namespace

TEST_CASE("each operation does what it says") {
  Log log;
  const SessionId s = log.open();
  std::uint64_t serial = 0;
  const auto result = [&](Operation operation) {
    ++serial;
    return std::get<Completed>(log.run(s, serial, std::move(operation), serial)).result;
  };
  CHECK(result(Get{"k"}) == Result(Missing{}));
  CHECK(result(Put{"k", "a"}) == Result(Done{}));
  CHECK(result(Get{"k"}) == Result(Found{"a"}));
  CHECK(result(Append{"k", "b"}) == Result(Done{}));
  CHECK(log.get("k") == Result(Found{"ab"}));
  CHECK(result(CompareAndSet{"k", "a", "x"}) == Result(NotSwapped{"ab"}));
  CHECK(result(CompareAndSet{"k", std::nullopt, "x"}) == Result(NotSwapped{"ab"}));
  CHECK(result(CompareAndSet{"k", "ab", "c"}) == Result(Swapped{}));
  CHECK(log.get("k") == Result(Found{"c"}));
  CHECK(result(Delete{"k"}) == Result(Done{}));
  CHECK(result(Delete{"k"}) == Result(Done{}));
  CHECK(log.get("k") == Result(Missing{}));
  CHECK(result(CompareAndSet{"k", "c", "x"}) == Result(NotSwapped{std::nullopt}));
  CHECK(result(CompareAndSet{"k", std::nullopt, "d"}) == Result(Swapped{}));
  CHECK(result(Append{"other", "e"}) == Result(Done{}));
  CHECK(log.store.data().size() == 2);
}

TEST_CASE("a repeated serial gets the first answer again and changes nothing") {
  Log log;
  const SessionId s = log.open();
  CHECK(log.run(s, 1, Append{"k", "a"}) == completed(1));
  CHECK(log.run(s, 2, CompareAndSet{"k", "a", "b"}) == Reply(Completed{Serial(2), Swapped{}}));
  CHECK(log.run(s, 1, Append{"k", "a"}) == completed(1));
  CHECK(log.run(s, 2, CompareAndSet{"k", "a", "b"}) == Reply(Completed{Serial(2), Swapped{}}));
  CHECK(log.get("k") == Result(Found{"b"}));
  CHECK(log.store.known({s, Serial(1), Serial(1), Append{"k", "a"}}) == completed(1));
  CHECK_FALSE(log.store.known({s, Serial(3), Serial(1), Append{"k", "a"}}).has_value());
}

TEST_CASE("serials may come out of order, each counts once") {
  Log log;
  const SessionId s = log.open();
  for (const std::uint64_t serial : {3u, 1u, 3u, 4u, 2u, 1u, 2u, 4u}) {
    CHECK(log.run(s, serial, Append{"k", std::to_string(serial)}) == completed(serial));
  }
  CHECK(log.get("k") == Result(Found{"3142"}));
  CHECK(log.store.cached_answers(s) == 4);
}

TEST_CASE("acknowledged answers are forgotten and their serials refused") {
  Log log;
  const SessionId s = log.open();
  for (std::uint64_t serial = 1; serial <= 4; ++serial) log.run(s, serial, Append{"k", "x"});
  CHECK(log.run(s, 5, Append{"k", "x"}, 4) == completed(5));
  CHECK(log.store.cached_answers(s) == 2);
  CHECK(log.run(s, 3, Append{"k", "x"}) == stale(3));
  CHECK(log.store.known({s, Serial(3), Serial(1), Append{"k", "x"}}) == stale(3));
  CHECK(log.run(s, 4, Append{"k", "x"}) == completed(4));
  CHECK(log.get("k") == Result(Found{"xxxxx"}));
  SUBCASE("an older request does not lower the bound") {
    CHECK(log.run(s, 6, Append{"k", "x"}, 1) == completed(6));
    CHECK(log.run(s, 3, Append{"k", "x"}) == stale(3));
  }
  SUBCASE("a serial that was never seen but is acknowledged does not run late") {
    CHECK(log.run(s, 9, Append{"k", "x"}, 9) == completed(9));
    CHECK(log.run(s, 8, Append{"k", "late"}) == stale(8));
  }
  SUBCASE("a request that acknowledges itself still runs") {
    CHECK(log.run(s, 7, Append{"k", "x"}, 100) == completed(7));
    CHECK(log.run(s, 8, Append{"k", "x"}, 8) == completed(8));
  }
}

TEST_CASE("a session that nobody opened is refused, except for reads") {
  Log log;
  CHECK(log.run(SessionId(7), 1, Put{"k", "x"}) == expired(1, SessionId(7)));
  CHECK(log.run(SessionId(0), 1, Put{"k", "x"}) == expired(1, SessionId(0)));
  CHECK_FALSE(log.store.known({SessionId(7), Serial(1), Serial(1), Put{"k", "x"}}).has_value());
  CHECK(log.run(SessionId(0), 1, Get{"k"}) == Reply(Completed{Serial(1), Missing{}}));
  CHECK(log.store.data().empty());
}

TEST_CASE("of too many sessions the one used longest ago goes, and stays away") {
  Log log(Limits{.sessions = 3});
  const SessionId a = log.open();
  const SessionId b = log.open();
  const SessionId c = log.open();
  log.run(a, 1, Append{"k", "a"});
  const SessionId d = log.open();
  CHECK(log.store.session_count() == 3);
  CHECK_FALSE(log.store.has_session(b));
  CHECK(log.run(b, 1, Append{"k", "b"}) == expired(1, b));
  log.run(c, 1, Append{"k", "c"});
  log.run(a, 1, Append{"k", "a"});  // a repetition is a use as well
  log.open();
  CHECK_FALSE(log.store.has_session(d));
  CHECK(log.store.has_session(a));
  CHECK(log.get("k") == Result(Found{"ac"}));
}

TEST_CASE("of too many answers the oldest goes as if it were acknowledged") {
  Log log(Limits{.answers = 2});
  const SessionId s = log.open();
  for (std::uint64_t serial = 1; serial <= 5; ++serial) log.run(s, serial, Append{"k", "x"});
  CHECK(log.store.cached_answers(s) == 2);
  CHECK(log.run(s, 3, Append{"k", "x"}) == stale(3));
  CHECK(log.run(s, 4, Append{"k", "x"}) == completed(4));
  CHECK(log.get("k") == Result(Found{"xxxxx"}));
}

TEST_CASE("as many answers as may be are kept beside those that are acknowledged") {
  Log log(Limits{.answers = 4});
  const SessionId s = log.open();
  for (std::uint64_t serial = 1; serial <= 4; ++serial) log.run(s, serial, Append{"k", "x"});
  CHECK(log.run(s, 5, Append{"k", "x"}, 2) == completed(5));
  CHECK(log.store.cached_answers(s) == 4);
  CHECK(log.run(s, 2, Append{"k", "x"}) == completed(2));
  CHECK(log.run(s, 1, Append{"k", "x"}) == stale(1));
}

TEST_CASE("nothing is known of a read, whatever its serial") {
  Log log;
  const SessionId s = log.open();
  CHECK(log.run(s, 2, Append{"k", "x"}, 2) == completed(2));
  CHECK_FALSE(log.store.known({s, Serial(1), Serial(1), Get{"k"}}).has_value());
  CHECK_FALSE(log.store.known({s, Serial(2), Serial(1), Get{"k"}}).has_value());
}

TEST_CASE("without sessions a repetition is applied again") {
  Log log(Limits{.deduplicate = false});
  CHECK(log.run(SessionId(0), 1, Append{"k", "a"}) == completed(1));
  CHECK(log.run(SessionId(0), 1, Append{"k", "a"}) == completed(1));
  CHECK_FALSE(log.store.known({SessionId(0), Serial(1), Serial(1), Append{"k", "a"}}).has_value());
  CHECK(log.get("k") == Result(Found{"aa"}));
}

namespace {

// The same rules, written as plainly as possible: everything is kept for ever.
struct Twin {
  std::map<std::string, std::string> data;
  struct Session {
    std::uint64_t below = 0;
    std::map<std::uint64_t, Result> answers;
  };
  std::map<SessionId, Session> sessions;

  Result run(const Operation& operation) {
    return std::visit(
        Overloaded{[&](const Put& e) -> Result { return data[e.key] = e.value, Done{}; },
                   [&](const Get& e) -> Result {
                     if (data.count(e.key) == 0) return Missing{};
                     return Found{data[e.key]};
                   },
                   [&](const Delete& e) -> Result { return data.erase(e.key), Done{}; },
                   [&](const Append& e) -> Result { return data[e.key] += e.value, Done{}; },
                   [&](const CompareAndSet& e) -> Result {
                     std::optional<std::string> there;
                     if (data.count(e.key) > 0) there = data[e.key];
                     if (there != e.expected) return NotSwapped{there};
                     return data[e.key] = e.value, Swapped{};
                   }},
        operation);
  }
  Reply apply(raft::LogIndex index, const Command& command) {
    if (std::holds_alternative<OpenSession>(command)) {
      sessions[SessionId(index.value())] = {};
      return SessionOpened{SessionId(index.value())};
    }
    const auto& request = std::get<ClientRequest>(command);
    if (is_read(request.operation)) return Completed{request.serial, run(request.operation)};
    if (sessions.count(request.session) == 0)
      return SessionExpired{request.serial, request.session};
    Session& session = sessions[request.session];
    const std::uint64_t serial = request.serial.value();
    if (serial < session.below) return Stale{request.serial};
    if (session.answers.count(serial) > 0)
      return Completed{request.serial, session.answers[serial]};
    session.below = std::max(session.below, std::min(serial, request.acknowledged_below.value()));
    return Completed{request.serial, session.answers[serial] = run(request.operation)};
  }
};

Operation draw(Random& random) {
  const std::string key(1, static_cast<char>('a' + random.below(4)));
  const std::string value = std::to_string(random.below(3));
  switch (random.below(5)) {
    case 0: return Put{key, value};
    case 1: return Get{key};
    case 2: return Delete{key};
    case 3: return Append{key, value};
    default:
      return CompareAndSet{key, random.chance({1, 3}) ? std::nullopt : std::optional(value), "1"};
  }
}

}  // namespace

TEST_CASE("random commands give what the plain twin gives") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    Log log;
    Twin twin;
    std::vector<SessionId> sessions{SessionId(0)};
    for (int step = 0; step < 2000; ++step) {
      Command command = OpenSession{};
      if (!random.chance({1, 200})) {
        const auto base = static_cast<std::uint64_t>(step / 10);
        const std::uint64_t serial = base + random.below(20);
        const std::uint64_t below = serial - std::min(serial, random.below(20));
        command = ClientRequest{random.pick(sessions), Serial(serial), Serial(below), draw(random)};
      }
      const Reply reply = log(command);
      const Reply expected = twin.apply(log.index, command);
      CAPTURE(to_text(command));
      CAPTURE(to_text(expected));
      REQUIRE(reply == expected);
      if (const auto* opened = std::get_if<SessionOpened>(&reply)) {
        sessions.push_back(opened->session);
      }
    }
    CHECK(std::map<std::string, std::string>(log.store.data().begin(), log.store.data().end()) ==
          twin.data);
  }
}

TEST_CASE("a store that could remember nothing is a bug") {
  CHECK_THROWS_AS(Store(Limits{.sessions = 0}), CheckFailed);
  CHECK_THROWS_AS(Store(Limits{.answers = 0}), CheckFailed);
}
