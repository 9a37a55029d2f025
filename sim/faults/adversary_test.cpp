#include "sim/faults/adversary.hpp"

#include <doctest/doctest.h>

#include "core/raft/messages.hpp"

namespace lockstep::sim {
namespace {

using namespace raft;
using Kind = Treason::Kind;
using Hand = Adversary<Message>;

const NodeId n1(1), n2(2), n3(3);

struct Sent {
  std::vector<Hand::Outgoing> out;
  Hand::Done done{};
};
bool did(const Sent& sent, Kind kind) { return sent.done[static_cast<std::size_t>(kind)]; }

// What n1 in these hands sends to `to` in place of a vote_refused of term 5.
Sent sent(const std::vector<Treason>& does, NodeId to) {
  Hand hand(n1, does);
  Random random(1);
  Sent sent;
  hand.turn(to, VoteRefused{Term(5)}, random, sent.out, sent.done);
  return sent;
}
Treason treason(Kind kind) {
  Treason treason;
  treason.kind = kind;
  return treason;
}

TEST_CASE("silence is towards whom it is meant for, and about what") {
  Treason silent = treason(Kind::silent);
  CHECK(sent({silent}, n2).out.empty());
  CHECK(did(sent({silent}, n2), Kind::silent));
  silent.to = {n3};
  CHECK(sent({silent}, n2).out.size() == 1);
  CHECK_FALSE(did(sent({silent}, n2), Kind::silent));
  CHECK(sent({silent}, n3).out.empty());
  silent.message = "vote_granted";
  CHECK(sent({silent}, n3).out.size() == 1);
}

TEST_CASE("of two treasons the second sees what the first has made") {
  Treason lie = treason(Kind::lie), silent = treason(Kind::silent);
  lie.as = "vote_granted";
  silent.message = "vote_granted";
  CHECK(sent({lie, silent}, n2).out.empty());
  CHECK(sent({silent, lie}, n2).out.front().message == Message(VoteGranted{Term(5)}));
}

TEST_CASE("a lie that changes nothing does not count as one") {
  Treason lie = treason(Kind::lie);
  lie.field = "match";
  lie.amount = 3;
  const Sent honest = sent({lie}, n2);
  CHECK(honest.out.front().message == Message(VoteRefused{Term(5)}));
  CHECK_FALSE(did(honest, Kind::lie));
  lie.field = "term";
  CHECK(sent({lie}, n2).out.front().message == Message(VoteRefused{Term(8)}));
}

TEST_CASE("who equivocates says another thing to each") {
  Treason two = treason(Kind::equivocate);
  two.field = "term";
  two.amount = 10;
  CHECK(sent({two}, n2).out.front().message == Message(VoteRefused{Term(25)}));
  CHECK(sent({two}, n3).out.front().message == Message(VoteRefused{Term(35)}));
}

TEST_CASE("a forged message names another sender") {
  Treason forge = treason(Kind::forge);
  forge.sender = n3;
  CHECK(sent({forge}, n2).out.front().from == n3);
  CHECK(sent({}, n2).out.front().from == n1);
}

TEST_CASE("what is replayed was said before, to anybody, as it was before any lie") {
  std::vector<Treason> does{treason(Kind::lie), treason(Kind::replay)};
  does[0].field = "term";
  does[0].set = true;
  does[0].amount = 1000;
  Hand hand(n1, does);
  Random random(1);
  Sent sent;
  bool older = false;
  for (std::uint64_t term = 1; term <= 200; ++term) {
    hand.turn(term % 2 == 0 ? n2 : n3, VoteRefused{Term(term)}, random, sent.out, sent.done);
    REQUIRE(sent.out.size() == 2);
    CHECK(sent.out[0].message == Message(VoteRefused{Term(1000)}));
    const Term again = std::get<VoteRefused>(sent.out[1].message).term;
    CHECK(again <= Term(term));
    CHECK(again.value() + 64 > term);
    older = older || again < Term(term);
  }
  CHECK(older);
  CHECK(did(sent, Kind::replay));
}

TEST_CASE("a ratio picks so many") {
  std::vector<Treason> does{treason(Kind::silent)};
  does[0].ratio = {1, 4};
  Hand hand(n1, does);
  Random random(1);
  Sent sent;
  int silent = 0;
  for (int i = 0; i < 20'000; ++i) {
    hand.turn(n2, VoteGranted{}, random, sent.out, sent.done);
    silent += sent.out.empty();
  }
  CHECK(std::abs(silent - 5000) < 260);
}

}  // namespace
}  // namespace lockstep::sim
