#include <doctest/doctest.h>

#include "core/advanced_bully/handlers_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::advanced_bully;

namespace {

using Messages = std::vector<Message>;

Room acting_leader() {
  Room room(4);
  (void)room.wake();
  (void)room.sync();
  for (const std::uint32_t voter : {1u, 2u, 3u})
    (void)room.take(from(voter, VoteCast{vote_of(voter, 4, 1, room.now)}));
  (void)room.sync();
  for (const std::uint32_t member : {1u, 2u})
    (void)room.take(from(member, HeartbeatAnswer{Epoch(1), BeatNumber(1), Renewal(1), 0}));
  REQUIRE(room.machine.may_act(room.now));
  return room;
}
Room follower_in(std::uint64_t epoch) {
  Room room(2);
  (void)room.take(from(4, ruling_of(4, epoch)));
  (void)room.sync();
  REQUIRE(room.machine.leader() == NodeId(4));
  return room;
}
Act act(std::uint64_t id, std::uint64_t epoch, std::uint64_t number) {
  return {ActionId(id), {{Epoch(epoch), number}, "bed 7", "for Ada"}};
}

}  // namespace

TEST_CASE("an action goes to every resource under a token of its own; a quorum of them decides") {
  Room room = acting_leader();
  const Out begun = room.take(asked(1, Guard{"bed 7", "for Ada"}));
  for (const std::uint32_t host : {1u, 2u, 3u}) CHECK(sent(begun, host) == Messages{act(1, 1, 2)});
  CHECK(replies(begun).empty());
  CHECK(room.take(asked(2, Guard{"bed 7", "for Bob"})).empty());  // waits for its turn
  CHECK(replies(room.take(from(1, ActAccepted{ActionId(1)}))).empty());
  CHECK(replies(room.take(from(1, ActAccepted{ActionId(1)}))).empty());  // again
  CHECK(replies(room.take(from(2, ActAccepted{ActionId(2)}))).empty());  // not asked yet
  // The own resource has taken it once it is down.
  CHECK(replies(room.sync()).empty());
  const Out out = room.take(from(3, ActAccepted{ActionId(1)}));
  CHECK(replies(out) == std::vector<Reply>{Guarded{{Epoch(1), 2}}});
  const Messages next = sent(out, 1);
  REQUIRE(next.size() == 1);
  CHECK(std::get<Act>(next[0]).action == fencing::Action{{Epoch(1), 3}, "bed 7", "for Bob"});
  CHECK(room.machine.token() == fencing::Token{Epoch(1), 3});
}

TEST_CASE("too few resources in time: the client is told that nothing is certain") {
  Room room = acting_leader();
  (void)room.take(asked(1, Guard{"bed 7", "for Ada"}));
  (void)room.take(from(1, ActRefused{ActionId(1), {}}));
  CHECK(replies(room.wake()) == std::vector<Reply>{Doubtful{}});
  CHECK(replies(room.take(from(1, ActAccepted{ActionId(1)}))).empty());
  CHECK(replies(room.take(from(2, ActAccepted{ActionId(1)}))).empty());
}

TEST_CASE("who does not lead names the leader") {
  Room room = follower_in(1);
  CHECK(replies(room.take(asked(1, Guard{"key", "value"}))) ==
        std::vector<Reply>{NotLeader{NodeId(4)}});
}

TEST_CASE("a leader takes so many actions and no more") {
  Room room = acting_leader();
  std::size_t taken = 0;
  while (replies(room.take(asked(taken + 1, Guard{"key", "value"}))).empty()) ++taken;
  CHECK(taken == 256);
}

TEST_CASE("an action is accepted when it is down") {
  Room room = follower_in(1);
  CHECK(sent(room.take(from(4, act(9, 1, 2)))).empty());
  CHECK(room.written.back() == Record(act(9, 1, 2).action));
  CHECK(sent(room.sync(), 4) == Messages{ActAccepted{ActionId(9)}});
  CHECK(room.machine.resource().kept().find("bed 7")->value == "for Ada");
  Room back(2, room_config(), room.written);
  CHECK(back.machine.resource().seen() == fencing::Token{Epoch(1), 2});
  (void)back.take(from(4, ruling_of(4, 1)));
  CHECK(sent(back.take(from(4, act(8, 1, 1)))) ==
        Messages{ActRefused{ActionId(8), {fencing::Refusal::old_token, {Epoch(1), 2}}}});
}

TEST_CASE("an older token is refused, by the newest that was seen or that a leader holds") {
  Room room = follower_in(3);
  const Message refused = ActRefused{ActionId(9), {fencing::Refusal::old_token, {Epoch(3), 1}}};
  // Nobody acted in epoch 3 yet; whether this one led epoch 2 nobody knows.
  const Out out = room.take(from(1, act(9, 2, 99)));
  CHECK(sent(out) == Messages{refused});
  CHECK(noted<audit::TokenRefused>(out) ==
        std::vector{audit::TokenRefused{{Epoch(2), 99}, NodeId(1), {Epoch(3), 1}}});
  // Once is enough for the trail.
  const Out again = room.take(from(1, act(9, 1, 5)));
  CHECK(sent(again) == Messages{refused});
  CHECK(noted<audit::TokenRefused>(again).empty());
  CHECK(room.machine.resource().seen().none());
}

TEST_CASE(
    "a forged token of the leader's epoch, or of one that nobody is known to lead, opens nothing") {
  Room room = follower_in(3);
  CHECK(room.take(from(1, act(9, 3, 2))).empty());
  CHECK(sent(room.take(from(1, act(9, 4, 2)))) == Messages{WhoLeads{Epoch(4)}});
  CHECK(sent(room.take(from(4, act(9, 0, 0)))).size() == 1);
  CHECK(room.machine.resource().seen().none());
}
