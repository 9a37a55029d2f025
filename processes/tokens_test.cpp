#include "processes/tokens.hpp"

#include <doctest/doctest.h>

namespace lockstep::processes {
namespace {

Instant tick(int ms) { return Instant() + milliseconds(ms); }
fencing::Token token(std::uint64_t epoch, std::uint64_t number) { return {Epoch(epoch), number}; }

TEST_CASE("a resource that shows newer tokens keeps to the rule; an older one breaks it") {
  Tokens tokens(true);
  CHECK_FALSE(tokens.any());
  tokens.kept(tick(1), 0, token(2, 2));
  tokens.kept(tick(2), 0, token(2, 2));
  tokens.kept(tick(3), 0, token(3, 2));
  tokens.kept(tick(3), 1, token(2, 9));  // another one, which lags behind
  CHECK(tokens.any());
  CHECK(tokens.violations().empty());
  tokens.kept(tick(4), 0, token(2, 9));
  REQUIRE(tokens.violations().size() == 1);
  CHECK(tokens.violations()[0].rule == "older token accepted");
  CHECK(tokens.violations()[0].node == NodeId(1));
}

TEST_CASE("an answer is newer than all that were there before it was asked for") {
  Tokens tokens(true);
  tokens.answered(tick(0), tick(10), token(2, 5));
  tokens.answered(tick(9), tick(20), token(2, 4));  // they overlapped
  CHECK(tokens.violations().empty());
  tokens.answered(tick(11), tick(30), token(2, 5));
  REQUIRE(tokens.violations().size() == 1);
  CHECK(tokens.violations()[0].rule == "older token accepted");
  CHECK(tokens.answers() == 3);
}

TEST_CASE("where two quorums may share nobody, answers say nothing of one another") {
  Tokens tokens(false);
  tokens.answered(tick(0), tick(10), token(2, 5));
  tokens.answered(tick(11), tick(30), token(1, 9));
  CHECK(tokens.violations().empty());
}

TEST_CASE("the header of a token") {
  CHECK(token_of("3.17") == token(3, 17));
  for (const char* text : {"", "3", "3.", ".1", "3.1.2", "a.b", "-1.2"})
    CHECK_FALSE(token_of(text).has_value());
}

}  // namespace
}  // namespace lockstep::processes
