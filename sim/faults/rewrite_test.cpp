#include "sim/faults/rewrite.hpp"

#include <doctest/doctest.h>

#include "core/raft/messages.hpp"

namespace lockstep::sim {
namespace {

using namespace raft;

TEST_CASE("a number is set or added to, and held within its type") {
  Message message = VoteRequest{Term(7), LogIndex(3), Term(2)};
  CHECK(rewrite(message, "term", {false, 5}));
  CHECK(message == Message(VoteRequest{Term(12), LogIndex(3), Term(2)}));
  CHECK(rewrite(message, "last_index", {true, 40}));
  CHECK(rewrite(message, "last_term", {false, -9}));
  CHECK(message == Message(VoteRequest{Term(12), LogIndex(40), Term(0)}));
}

TEST_CASE("a path leads into every element of a vector; a text gets the amount appended") {
  AppendEntries append;
  append.entries = {{Term(1), EntryKind::command, "x"}, {Term(2), EntryKind::noop, ""}};
  Message message = append;
  CHECK(rewrite(message, "entries.term", {false, 10}));
  CHECK(rewrite(message, "entries.command", {false, 3}));
  CHECK(rewrite(message, "entries.kind", {false, 1}));
  append.entries = {{Term(11), EntryKind::noop, "x3"}, {Term(12), EntryKind::command, "3"}};
  CHECK(message == Message(append));
}

TEST_CASE("what is not there, or is as before, is not changed, and that is said") {
  Message message = VoteGranted{Term(7)};
  CHECK_FALSE(rewrite(message, "last_index", {false, 5}));
  CHECK_FALSE(rewrite(message, "term.value", {false, 5}));
  CHECK_FALSE(rewrite(message, "", {false, 5}));
  CHECK_FALSE(rewrite(message, "term", {true, 7}));
  CHECK_FALSE(rewrite(message, "term", {false, 0}));
  CHECK(message == Message(VoteGranted{Term(7)}));
  Message empty = AppendEntries{};
  CHECK_FALSE(rewrite(empty, "entries.term", {false, 1}));
}

TEST_CASE("a message becomes another one with the fields both have") {
  Message message = VoteRefused{Term(7)};
  CHECK(turn_into(message, "vote_granted"));
  CHECK(message == Message(VoteGranted{Term(7)}));
  CHECK_FALSE(turn_into(message, "vote_granted"));
  CHECK_FALSE(turn_into(message, "no_such_message"));
  message = AppendRejected{Term(7), LogIndex(1), LogIndex(2), Term(3), ReadRound(4)};
  CHECK(turn_into(message, "append_accepted"));
  CHECK(message == Message(AppendAccepted{Term(7), LogIndex(0), ReadRound(4)}));
}

TEST_CASE("a message of one machine becomes another one of that machine, whoever is beside it") {
  using Pair = std::variant<Message, std::variant<VoteRefused, VoteGranted>>;
  Pair pair(std::in_place_index<1>, VoteRefused{Term(7)});
  CHECK(turn_into(pair, "vote_granted"));
  CHECK(pair == Pair(std::in_place_index<1>, VoteGranted{Term(7)}));
  CHECK_FALSE(turn_into(pair, "append_accepted"));
  CHECK(rewrite(pair, "term", {false, 1}));
  CHECK(pair == Pair(std::in_place_index<1>, VoteGranted{Term(8)}));
}

TEST_CASE("messages and fields are listed by name") {
  CHECK(message_names<Message>().front() == "pre_vote_request");
  CHECK(message_names<Message>().back() == "timeout_now");
  CHECK(field_paths<Message>() ==
        std::vector<std::string>{"commit", "entries.command", "entries.kind", "entries.term",
                                 "forced", "hint_index", "hint_term", "last_index", "last_term",
                                 "match", "prev_index", "prev_term", "round", "term"});
}

}  // namespace
}  // namespace lockstep::sim
