#include "sim/trace/history_reader.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "sim/trace/ndjson.hpp"

using namespace lockstep;
using namespace lockstep::sim;
using Outcome = HistoryOperation::Outcome;

namespace {

std::string written(const std::vector<HistoryOperation>& history) {
  std::ostringstream out;
  write_history(out, history);
  return out.str();
}

std::string refusal(std::string_view text) {
  try {
    (void)read_history_ndjson(text);
  } catch (const HistoryRefused& refused) {
    return refused.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("what is written is read back, to the same text") {
  const std::string text = R"({"t":1,"order":1,"client":"c1","id":3,)"
                           R"("event":"invoke","verb":"append","key":"k","value":"3"}
{"t":2,"order":2,"client":"c2","id":4,"event":"invoke","verb":"delete","key":"k"}
{"t":3,"order":3,"client":"c2","id":4,"event":"fail","reason":"no leader"}
{"t":5,"order":4,"client":"c1","id":5,)"
                           R"("event":"invoke","verb":"cas","key":"k","value":"2","expected":null}
{"t":30,"order":9,"client":"c1","id":5,"event":"ok","swapped":true}
{"t":30,"order":8,"client":"n1","id":6,)"
                           R"("event":"invoke","verb":"txn","parts":[["r","x",null],["w","y","2"]]}
{"t":32,"client":"n1","id":6,"event":"ok","parts":[["r","x","1"],["w","y","2"]]}
{"t":33,"client":"c1","id":7,"event":"invoke","verb":"get","key":"k"}
{"t":34,"client":"c1","id":7,"event":"ok","found":null}
{"t":null,"client":"c1","id":3,"event":"unknown","reason":"timeout"}
)";
  const auto history = read_history_ndjson(text);
  REQUIRE(history.size() == 5);
  CHECK(history[0].outcome == Outcome::unknown);
  CHECK(history[0].value == "3");
  CHECK(history[0].reason == "timeout");
  CHECK(history[0].client == NodeId(client_base + 1));
  CHECK(history[1].outcome == Outcome::failed);
  CHECK(history[2].swapped);
  CHECK(history[2].invoked_order == 4);
  CHECK(history[2].returned_order == 9);
  CHECK(history[3].parts ==
        std::vector<HistoryOperation::Part>{{false, "x", "1"}, {true, "y", "2"}});
  CHECK(history[3].client == NodeId(1));
  CHECK(history[4].found == std::nullopt);
  CHECK(written(history) == text);
}

TEST_CASE("an operation without an outcome is of unknown outcome") {
  const auto history = read_history_ndjson(
      "{\"t\":1,\"client\":\"c1\",\"id\":1,\"event\":\"invoke\",\"verb\":\"get\",\"key\":\"k\"}");
  REQUIRE(history.size() == 1);
  CHECK(history[0].outcome == Outcome::unknown);
}

TEST_CASE("a text of another form is refused with its line") {
  const std::string begin =
      "{\"t\":5,\"client\":\"c1\",\"id\":1,\"event\":\"invoke\",\"verb\":\"get\",\"key\":\"k\"}\n";
  CHECK(refusal("\n{\"t\":1}").starts_with("line 2: no line of a history: "));
  CHECK(refusal("rubbish").starts_with("line 1: no line of a history: "));
  CHECK(refusal("[1]").starts_with("line 1: no line of a history: "));
  CHECK(refusal(begin + begin) == "line 2: operation 1 begins twice");
  CHECK(refusal("{\"t\":1,\"client\":\"c1\",\"id\":2,\"event\":\"ok\"}") ==
        "line 1: operation 2 ends before it begins");
  CHECK(refusal(begin + "{\"t\":4,\"client\":\"c1\",\"id\":1,\"event\":\"ok\"}") ==
        "line 2: operation 1 ends before it begins");
  CHECK(refusal(begin + "{\"t\":9,\"client\":\"c1\",\"id\":1,\"event\":\"lost\"}") ==
        "line 2: the event is 'lost', not invoke, ok, fail or unknown");
  CHECK(refusal("{\"t\":5,\"client\":\"bob\",\"id\":1,\"event\":\"invoke\",\"verb\":\"get\"}") ==
        "line 1: 'bob' is no client; write c1 for the first");
  CHECK(refusal("{\"t\":5,\"client\":\"c1\",\"id\":1,\"event\":\"invoke\",\"verb\":\"txn\","
                "\"parts\":[[\"x\",\"k\",null]]}") ==
        "line 1: a part is [\"r\", KEY, VALUE] or [\"w\", KEY, VALUE]");
}
