#include "core/lamport/client.hpp"

#include <doctest/doctest.h>

namespace lockstep::lamport {
namespace {

const std::vector<NodeId> nodes{NodeId(1), NodeId(2), NodeId(3)};

struct Desk {
  Client client{ClientId(5), nodes, {}, 1};
  Client::Out out;
  Instant now;
  TimerEpoch alarm;

  void step(const Event<Client::Alphabet>& event) {
    out.clear();
    client.step(now, event, out);
    for (const auto& effect : out) {
      if (const auto* set = std::get_if<SetTimer<ClientTimer>>(&effect)) alarm = set->epoch;
    }
  }
  void say(std::uint64_t id) { step(Requested<Say>{RequestId(id), Say{"m"}}); }
  void hear(Reply reply) { step(Received<Client::Alphabet::Message>{NodeId(1), std::move(reply)}); }
  void fire(Duration after) {
    now = now + after;
    step(TimerFired<ClientTimer>{ClientTimer::due, alarm});
  }
  [[nodiscard]] std::vector<std::pair<NodeId, Post>> posts() const {
    std::vector<std::pair<NodeId, Post>> posts;
    for (const auto& effect : out) {
      if (const auto* send = std::get_if<Send<Client::Alphabet::Message>>(&effect))
        posts.emplace_back(send->to, std::get<Post>(std::get<Request>(send->message)));
    }
    return posts;
  }
  [[nodiscard]] std::vector<ClientReply> answers() const {
    std::vector<ClientReply> answers;
    for (const auto& effect : out) {
      if (const auto* answer = std::get_if<Answer<ClientReply>>(&effect))
        answers.push_back(answer->reply);
    }
    return answers;
  }
};

TEST_CASE("an attempt in vain is followed by one elsewhere, under the same name, at a later time") {
  Desk desk;
  desk.say(1);
  const auto first = desk.posts().at(0);
  CHECK(first.second.origin == Origin{ClientId(5), Sequence(1)});
  desk.fire(milliseconds(500));
  const auto second = desk.posts().at(0);
  CHECK(second.first != first.first);
  CHECK(second.second.origin == first.second.origin);
  CHECK(second.second.text == first.second.text);
  CHECK(second.second.time > first.second.time);
}

TEST_CASE("what a client posts is later than what it was told") {
  Desk desk;
  desk.say(1);
  const Stamp stamp{LamportTime(70), NodeId(2)};
  desk.hear(Posted{LamportTime(80), Sequence(1), stamp});
  CHECK(desk.answers() == std::vector<ClientReply>{Said{stamp}});
  desk.hear(Posted{LamportTime(80), Sequence(1), stamp});
  CHECK(desk.answers().empty());
  desk.say(2);
  CHECK(desk.posts().at(0).second.time > LamportTime(80));
  CHECK(desk.posts().at(0).second.origin.sequence == Sequence(2));
}

TEST_CASE("refused is tried again after a pause, too long fails, and silence ends unknown") {
  Desk desk;
  desk.say(1);
  desk.say(2);
  desk.hear(TooLong{{}, Sequence(1), 10});
  CHECK(desk.answers() == std::vector<ClientReply>{Failed{}});
  desk.hear(Busy{{}, Sequence(2)});
  CHECK(desk.posts().empty());
  desk.fire(milliseconds(499));
  CHECK(desk.posts().size() == 1);
  desk.fire(seconds(5));
  CHECK(desk.answers() == std::vector<ClientReply>{Unknown{}});
  CHECK(desk.client.open() == 0);
}

}  // namespace
}  // namespace lockstep::lamport
