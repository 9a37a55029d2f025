#include "core/kv/client.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/base/check.hpp"
#include "core/kv/store.hpp"
#include "core/text/to_text.hpp"

using namespace lockstep;
using namespace lockstep::kv;

namespace {

const NodeId self(client_base + 1);
const std::vector<NodeId> three{NodeId(1), NodeId(2), NodeId(3)};
const ClientConfig plain{.attempt_timeout = milliseconds(100),
                         .timeout = seconds(1),
                         .backoff_low = milliseconds(10),
                         .backoff_high = milliseconds(40),
                         .pipeline = 2};

// A client in the hands of a test; its alarm rings when the test lets time pass.
struct Hand {
  static_assert(Machine<Client>);
  Client client;
  Instant now;
  std::optional<SetTimer<ClientTimer>> alarm;

  struct Sent {
    NodeId to;
    Request request;
  };
  std::vector<Sent> sent;
  std::vector<std::string> answers;

  explicit Hand(ClientConfig config = plain) : client(self, three, config, 3) {}

  void step(const Event<Client::Alphabet>& event) {
    Client again = client;
    Client::Out out, out_again;
    client.step(now, event, out);
    again.step(now, event, out_again);
    CHECK(again == client);
    CHECK(out_again == out);
    for (auto& effect : out) {
      if (auto* send = std::get_if<Send<Client::Alphabet::Message>>(&effect)) {
        sent.push_back({send->to, std::get<Request>(send->message)});
      } else if (auto* set = std::get_if<SetTimer<ClientTimer>>(&effect)) {
        alarm = *set;
      } else {
        answers.push_back(to_text(effect));
      }
    }
  }
  void ask(std::uint64_t id, Operation operation) {
    step(Requested<Operation>{RequestId(id), std::move(operation)});
  }
  void hear(NodeId from, Reply reply) {
    step(Received<Client::Alphabet::Message>{from, std::move(reply)});
  }
  void reject(NodeId from, std::uint64_t serial, bool everywhere) {
    step(Received<Client::Alphabet::Message>{from, Rejected{Serial(serial), everywhere}});
  }
  void pass(Duration span) {
    const Instant end = now + span;
    while (alarm && alarm->at <= end) {
      now = alarm->at;
      const TimerFired<ClientTimer> ring{alarm->timer, alarm->epoch};
      alarm.reset();
      step(ring);
    }
    now = end;
  }
  // The one thing sent since the last call.
  Sent only() {
    REQUIRE(sent.size() == 1);
    Sent one = sent.front();
    sent.clear();
    return one;
  }
  std::string answer() {
    REQUIRE(answers.size() == 1);
    std::string one = answers.front();
    answers.clear();
    return one;
  }
  void open(std::uint64_t session = 5) {
    const Sent opening = only();
    CHECK(opening.request == Request(OpenSession{}));
    hear(opening.to, SessionOpened{SessionId(session)});
  }
};

Request request(std::uint64_t session, std::uint64_t serial, std::uint64_t below, Operation what) {
  return ClientRequest{SessionId(session), Serial(serial), Serial(below), std::move(what)};
}
Reply done(std::uint64_t serial) { return Completed{Serial(serial), Done{}}; }

}  // namespace

TEST_CASE("by their seeds, clients begin with different servers") {
  std::vector<NodeId> begun;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Hand hand;
    hand.client = Client(self, three, plain, seed);
    hand.ask(1, Get{"k"});
    begun.push_back(hand.only().to);
  }
  for (const NodeId server : three) CHECK(std::count(begun.begin(), begun.end(), server) >= 80);
}

TEST_CASE("a write opens a session first, then is sent and answered") {
  Hand hand;
  hand.ask(9, Put{"k", "v"});
  hand.open(5);
  const auto sent = hand.only();
  CHECK(sent.request == request(5, 1, 1, Put{"k", "v"}));
  CHECK(hand.client.open() == 1);
  hand.hear(sent.to, done(1));
  CHECK(hand.answer() == "answer #9 finished{result=done}");
  CHECK(hand.client.open() == 0);
  hand.ask(10, Append{"k", "w"});
  CHECK(hand.only().request == request(5, 2, 2, Append{"k", "w"}));
}

TEST_CASE("a read needs no session") {
  Hand hand;
  hand.ask(9, Get{"k"});
  const auto sent = hand.only();
  CHECK(sent.request == request(0, 1, 1, Get{"k"}));
  hand.hear(sent.to, Completed{Serial(1), Found{"v"}});
  CHECK(hand.answer() == R"(answer #9 finished{result=found{value="v"}})");
}

TEST_CASE(
    "no more than the pipeline is under way, in order, and what is answered is acknowledged") {
  Hand hand;
  hand.ask(1, Append{"k", "a"});
  hand.ask(2, Append{"k", "b"});
  hand.ask(3, Append{"k", "c"});
  hand.open();
  REQUIRE(hand.sent.size() == 2);
  CHECK(hand.sent[0].request == request(5, 1, 1, Append{"k", "a"}));
  CHECK(hand.sent[1].request == request(5, 2, 1, Append{"k", "b"}));
  const NodeId server = hand.sent[0].to;
  hand.sent.clear();
  hand.hear(server, done(2));
  CHECK(hand.answer() == "answer #2 finished{result=done}");
  CHECK(hand.only().request == request(5, 3, 1, Append{"k", "c"}));
  hand.hear(server, done(1));
  hand.ask(4, Append{"k", "d"});
  CHECK(hand.only().request == request(5, 4, 3, Append{"k", "d"}));
}

TEST_CASE("doubled, late and foreign replies change nothing") {
  Hand hand;
  hand.ask(1, Put{"k", "v"});
  hand.open();
  const auto sent = hand.only();
  hand.hear(sent.to, done(7));
  hand.hear(sent.to, done(0));
  hand.hear(sent.to, SessionOpened{SessionId(77)});
  hand.hear(sent.to, NotLeader{Serial(0), NodeId(2)});
  hand.hear(sent.to, CampaignStarted{});
  hand.hear(sent.to, SessionExpired{Serial(1), SessionId(4)});
  CHECK(hand.sent.empty());
  CHECK(hand.answers.empty());
  hand.hear(sent.to, done(1));
  hand.hear(sent.to, done(1));
  hand.hear(sent.to, Stale{Serial(1)});
  hand.hear(sent.to, LeadershipLost{Serial(1)});
  CHECK(hand.answer() == "answer #1 finished{result=done}");
  CHECK(hand.client.session() == SessionId(5));
}

TEST_CASE("a lost attempt is followed by one at another server with the same serial") {
  Hand hand;
  hand.ask(1, Put{"k", "v"});
  hand.open();
  const auto first = hand.only();
  hand.pass(milliseconds(99));
  CHECK(hand.sent.empty());
  hand.pass(milliseconds(1));
  const auto second = hand.only();
  CHECK(second.request == first.request);
  CHECK(second.to != first.to);
  SUBCASE("the late answer of the first attempt is as good") {
    hand.hear(first.to, done(1));
    CHECK(hand.answer() == "answer #1 finished{result=done}");
  }
  SUBCASE("the late refusal of the first attempt is ignored") {
    hand.hear(first.to, NotLeader{Serial(1), NodeId(3)});
    CHECK(hand.sent.empty());
  }
  SUBCASE("all servers are tried in turn") {
    hand.pass(milliseconds(100));
    const auto third = hand.only();
    CHECK(third.to != first.to);
    CHECK(third.to != second.to);
  }
}

TEST_CASE("a hint is followed at once, a second one only after a pause") {
  Hand hand;
  hand.ask(1, Put{"k", "v"});
  hand.open();
  const auto first = hand.only();
  const NodeId other = first.to == NodeId(1) ? NodeId(2) : NodeId(1);
  hand.hear(first.to, NotLeader{Serial(1), other});
  CHECK(hand.only().to == other);
  hand.hear(other, NotLeader{Serial(1), first.to});
  CHECK(hand.sent.empty());
  CHECK(hand.client.target() == first.to);
  hand.pass(milliseconds(40));
  CHECK(hand.only().to == first.to);
}

TEST_CASE("without a hint another server is asked after a growing pause with jitter") {
  Hand hand;
  hand.ask(1, Put{"k", "v"});
  hand.open();
  Duration longest;
  for (int round = 0; round < 12; ++round) {
    const auto sent = hand.only();
    hand.hear(sent.to, NotLeader{Serial(1), nobody});
    const Instant refused = hand.now;
    while (hand.sent.empty()) hand.pass(microseconds(100));
    const Duration pause = hand.now - refused;
    CHECK(pause >= plain.backoff_low);
    CHECK(pause <= plain.backoff_high + microseconds(100));
    if (round == 0) CHECK(pause <= milliseconds(20) + microseconds(100));
    longest = std::max(longest, pause);
    CHECK(hand.sent.front().to != sent.to);
  }
  CHECK(longest > milliseconds(20));
}

TEST_CASE("a busy server is asked again, it alone") {
  Hand hand;
  hand.ask(1, Put{"k", "v"});
  hand.open();
  const auto first = hand.only();
  hand.hear(first.to, Busy{Serial(1)});
  CHECK(hand.sent.empty());
  hand.pass(milliseconds(40));
  CHECK(hand.only().to == first.to);
}

TEST_CASE("after lost leadership the operation is tried elsewhere with its serial") {
  Hand hand;
  hand.ask(1, Append{"k", "v"});
  hand.open();
  const auto first = hand.only();
  hand.hear(first.to, LeadershipLost{Serial(1)});
  hand.pass(milliseconds(40));
  const auto second = hand.only();
  CHECK(second.to != first.to);
  CHECK(second.request == first.request);
}

TEST_CASE("the end of an operation's time") {
  Hand hand;
  SUBCASE("a write that was sent is unknown, however often it was refused") {
    hand.ask(1, Put{"k", "v"});
    hand.open();
    hand.hear(hand.only().to, NotLeader{Serial(1), nobody});
    hand.pass(seconds(1));
    CHECK(hand.answer() == "answer #1 unknown{reason=timed_out}");
  }
  SUBCASE("a write that never left for want of a session failed") {
    hand.ask(1, Put{"k", "v"});
    hand.pass(seconds(1));
    CHECK(hand.answer() == "answer #1 failed{reason=never_sent}");
    hand.sent.clear();
    hand.pass(seconds(10));
    CHECK(hand.sent.empty());
    CHECK_FALSE(hand.alarm.has_value());
  }
  SUBCASE("a read failed, for it changes nothing") {
    hand.ask(1, Get{"k"});
    hand.pass(seconds(1));
    CHECK(hand.answer() == "answer #1 failed{reason=timed_out}");
  }
  SUBCASE("an operation that waited behind others failed") {
    for (std::uint64_t id = 1; id <= 3; ++id) hand.ask(id, Get{"k"});
    hand.pass(seconds(1));
    REQUIRE(hand.answers.size() == 3);
    CHECK(hand.answers[0] == "answer #3 failed{reason=never_sent}");
  }
  SUBCASE("the next operation acknowledges one that was given up, so it cannot run late") {
    hand.ask(1, Put{"k", "v"});
    hand.open();
    hand.pass(seconds(1));
    hand.sent.clear();
    hand.ask(2, Put{"k", "w"});
    CHECK(hand.only().request == request(5, 2, 2, Put{"k", "w"}));
  }
}

TEST_CASE("operations that have time for one attempt do not ask a silent server for ever") {
  ClientConfig brief = plain;
  SUBCASE("their time is that of an attempt") { brief.timeout = milliseconds(100); }
  SUBCASE("their time is shorter than an attempt") { brief.timeout = milliseconds(60); }
  Hand hand(brief);
  hand.ask(1, Get{"k"});
  const NodeId first = hand.only().to;
  hand.pass(brief.timeout);
  CHECK(hand.answer() == "answer #1 failed{reason=timed_out}");
  hand.ask(2, Put{"k", "v"});
  const NodeId second = hand.only().to;  // asked to open a session
  CHECK(second != first);
  hand.pass(brief.timeout);
  CHECK(hand.answer() == "answer #2 failed{reason=never_sent}");
  hand.ask(3, Get{"k"});
  const NodeId third = hand.only().to;
  CHECK(third != first);
  CHECK(third != second);
}

TEST_CASE("a server that was asked just before an operation's end is asked first next time") {
  ClientConfig config = plain;
  config.timeout = milliseconds(150);
  Hand hand(config);
  hand.ask(1, Get{"k"});
  hand.pass(milliseconds(150));
  CHECK(hand.answer() == "answer #1 failed{reason=timed_out}");
  REQUIRE(hand.sent.size() == 2);
  const NodeId last = hand.sent.back().to;
  hand.sent.clear();
  hand.ask(2, Get{"k"});
  CHECK(hand.only().to == last);
}

TEST_CASE("an expired session leaves what was sent in it unknown and another one is opened") {
  Hand hand;
  hand.ask(1, Put{"k", "v"});
  hand.ask(2, Get{"k"});
  hand.ask(3, Put{"k", "w"});
  const auto opening = hand.sent.front();
  hand.hear(opening.to, SessionOpened{SessionId(5)});
  hand.sent.clear();
  hand.hear(opening.to, SessionExpired{Serial(1), SessionId(5)});
  CHECK(hand.answer() == "answer #1 unknown{reason=session_expired}");
  const auto again = hand.only();
  CHECK(again.request == Request(OpenSession{}));
  hand.hear(again.to, SessionOpened{SessionId(5)});  // late, from the first opening
  CHECK(hand.sent.empty());
  hand.hear(again.to, SessionOpened{SessionId(8)});
  CHECK(hand.only().request == request(8, 3, 2, Put{"k", "w"}));
}

TEST_CASE("the opening of a session is retried like an operation") {
  Hand hand;
  hand.ask(1, Put{"k", "v"});
  const auto first = hand.only();
  hand.pass(milliseconds(100));
  const auto second = hand.only();
  CHECK(second.to != first.to);
  hand.hear(second.to, NotLeader{Serial(0), first.to});
  CHECK(hand.only().to == first.to);
  hand.hear(first.to, LeadershipLost{Serial(0)});
  hand.pass(milliseconds(40));
  CHECK(hand.only().request == Request(OpenSession{}));
}

TEST_CASE("a stale answer ends an operation as unknown") {
  Hand hand;
  hand.ask(1, Put{"k", "v"});
  hand.open();
  hand.hear(hand.only().to, Stale{Serial(1)});
  CHECK(hand.answer() == "answer #1 unknown{reason=stale}");
}

TEST_CASE("a write that is rejected everywhere has failed, if that was its only attempt") {
  Hand hand;
  hand.ask(9, Put{"k", "v"});
  hand.open();
  const auto sent = hand.only();
  hand.reject(NodeId(sent.to.value() % 3 + 1), 1, true);  // nobody asked that one
  hand.reject(sent.to, 2, true);
  CHECK(hand.answers.empty());
  hand.reject(sent.to, 1, true);
  CHECK(hand.answer() == "answer #9 failed{reason=rejected}");
  hand.reject(sent.to, 1, true);
  CHECK(hand.answers.empty());
  hand.ask(10, Put{"k", "w"});
  CHECK(hand.only().request == request(5, 2, 2, Put{"k", "w"}));
}

TEST_CASE(
    "a write that is rejected after an attempt that nobody answered is unknown; a read has "
    "failed") {
  for (const bool read : {false, true}) {
    Hand hand;
    hand.ask(9, read ? Operation(Get{"k"}) : Operation(Put{"k", "v"}));
    if (!read) hand.open();
    hand.only();
    hand.pass(milliseconds(100));
    hand.reject(hand.only().to, 1, true);
    CHECK(hand.answer() ==
          (read ? "answer #9 failed{reason=rejected}" : "answer #9 unknown{reason=rejected}"));
  }
}

TEST_CASE("rejected by one server, a write is sent to another") {
  Hand hand;
  hand.ask(9, Put{"k", "v"});
  hand.open();
  const auto first = hand.only();
  hand.reject(first.to, 1, false);
  hand.pass(milliseconds(40));
  const auto second = hand.only();
  CHECK(second.to != first.to);
  CHECK(second.request == first.request);
  hand.reject(first.to, 1, true);  // a copy, late
  CHECK(hand.answers.empty());
  hand.reject(second.to, 1, true);
  CHECK(hand.answer() == "answer #9 failed{reason=rejected}");
}

TEST_CASE("where no session is opened, whatever waits for one has failed") {
  Hand hand;
  hand.ask(8, Put{"k", "v"});
  hand.ask(9, Put{"k", "w"});
  const auto first = hand.only();
  hand.reject(first.to, 0, false);
  CHECK(hand.answers.empty());
  hand.pass(milliseconds(40));
  const auto second = hand.only();
  CHECK(second.to != first.to);
  hand.reject(second.to, 0, true);
  CHECK(hand.answers == std::vector<std::string>{"answer #8 failed{reason=rejected}",
                                                 "answer #9 failed{reason=rejected}"});
  hand.answers.clear();
  hand.ask(10, Put{"k", "x"});
  hand.open(7);
  CHECK(hand.only().request == request(7, 3, 3, Put{"k", "x"}));
}

TEST_CASE("where no session is opened, a read goes on, or was answered before") {
  Hand hand;
  hand.ask(8, Put{"k", "v"});
  const auto opening = hand.only();
  hand.ask(9, Get{"k"});
  const auto read = hand.only();
  const Completed found{Serial(2), Found{"v"}};
  SUBCASE("it is answered after") {
    hand.reject(opening.to, 0, true);
    CHECK(hand.answer() == "answer #8 failed{reason=rejected}");
    hand.hear(read.to, found);
    CHECK(hand.answer() == R"(answer #9 finished{result=found{value="v"}})");
  }
  SUBCASE("it was answered before") {
    hand.hear(read.to, found);
    CHECK(hand.answer() == R"(answer #9 finished{result=found{value="v"}})");
    hand.reject(opening.to, 0, true);
    CHECK(hand.answer() == "answer #8 failed{reason=rejected}");
  }
}

TEST_CASE("an alarm that was replaced changes nothing when it rings") {
  Hand hand;
  hand.ask(1, Get{"k"});
  hand.sent.clear();
  hand.now = hand.now + seconds(5);
  hand.step(TimerFired<ClientTimer>{ClientTimer::deadline, TimerEpoch(0)});
  CHECK(hand.sent.empty());
  CHECK(hand.answers.empty());
}

TEST_CASE("the window stays within what a session remembers") {
  ClientConfig wide = plain;
  wide.pipeline = 100'000;
  Hand hand(wide);
  for (std::uint64_t id = 1; id <= widest_window + 10; ++id) hand.ask(id, Get{"k"});
  CHECK(hand.sent.size() == widest_window);
  CHECK(hand.client.open() == widest_window + 10);
  hand.hear(hand.sent.front().to, Completed{Serial(2), Missing{}});
  CHECK(hand.sent.size() == widest_window);
  hand.hear(hand.sent.front().to, Completed{Serial(1), Missing{}});
  CHECK(hand.sent.size() == widest_window + 2);
}

TEST_CASE("a client needs servers, time and a range to wait in") {
  CHECK_THROWS_AS(Client(self, {}, plain, 1), CheckFailed);
  ClientConfig wrong = plain;
  wrong.pipeline = 0;
  CHECK_THROWS_AS(Client(self, three, wrong, 1), CheckFailed);
  wrong = plain;
  wrong.backoff_low = milliseconds(50);
  CHECK_THROWS_AS(Client(self, three, wrong, 1), CheckFailed);
}
