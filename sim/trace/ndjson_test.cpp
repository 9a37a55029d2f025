#include "sim/trace/ndjson.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <string>

#include "sim/trace/json_text.hpp"

namespace lockstep::sim {
namespace {

std::string json_of(std::string_view text, Inside inside = Inside::file) {
  fmt::memory_buffer out;
  append_json(out, text, inside);
  return fmt::to_string(out);
}

std::string line(const TraceLine& item) {
  fmt::memory_buffer out;
  append_ndjson(out, item);
  return fmt::to_string(out);
}

NodeId client(std::uint32_t number) { return NodeId{client_base + number}; }

TEST_CASE("a JSON string escapes what JSON does not allow and keeps what it does") {
  CHECK(json_of("plain") == R"("plain")");
  CHECK(json_of("\"\\\n\r\t") == R"("\"\\\n\r\t")");
  CHECK(json_of(std::string_view("\0\x1f\x7f", 3)) == R"("\u0000\u001f\u007f")");
  CHECK(json_of("ä€😀") == "\"ä€😀\"");
  CHECK(json_of("</script>") == R"("</script>")");
  CHECK(json_of("</script><!--", Inside::html) == R"("\u003c/script>\u003c!--")");
}

TEST_CASE("a byte outside well-formed UTF-8 becomes the replacement character") {
  CHECK(json_of("a\xff"
                "b") == R"("a\ufffdb")");
  CHECK(json_of("\xc0\xaf") == R"("\ufffd\ufffd")");                      // overlong
  CHECK(json_of("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");            // a surrogate
  CHECK(json_of("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");  // beyond U+10FFFF
  CHECK(json_of("\xe2\x82") == R"("\ufffd\ufffd")");                      // cut short
}

TEST_CASE("any bytes give JSON that a strict parser reads") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 12, '\0');
    for (char& c : text) c = static_cast<char>(random() % 3 == 0 ? 0xE0 + random() % 24 : random());
    const auto read = nlohmann::json::parse(json_of(text));
    REQUIRE(read.is_string());
    const bool was_valid = [&] {
      try {
        return !nlohmann::json(text).dump().empty();
      } catch (const nlohmann::json::exception&) {
        return false;
      }
    }();
    if (was_valid) CHECK(read.get<std::string>() == text);
  }
}

TEST_CASE("a step is one line with its message ids") {
  TracedStep step;
  step.number = 17;
  step.at = Instant(5'000'000);
  step.node = NodeId{1};
  step.event = "received";
  step.name = "vote_request";
  step.from = NodeId{2};
  step.message = 9;
  step.text = "received n2 vote_request{term 1}";
  step.effects = {"send n2 vote_granted{term 1}"};
  step.sent = {{12, NodeId{2}, "vote_granted", Instant(6'000'000), ""},
               {13, NodeId{3}, "vote_request", std::nullopt, "cut"}};
  step.role = "follower";
  step.term = 1;
  step.state = "s";
  CHECK(line(step) ==
        R"({"type":"step","step":17,"t":5000000,"node":"n1","event":"received",)"
        R"("name":"vote_request","from":"n2","message":9,)"
        R"("text":"received n2 vote_request{term 1}","effects":["send n2 vote_granted{term 1}"],)"
        R"("sent":[{"id":12,"to":"n2","name":"vote_granted","arrives":6000000},)"
        R"({"id":13,"to":"n3","name":"vote_request","lost":"cut"}],)"
        R"("role":"follower","term":1,"commit":0,"state":"s"})"
        "\n");
}

TEST_CASE("a client's step has no role") {
  TracedStep step;
  step.number = 1;
  step.node = client(1);
  step.event = "started";
  CHECK(line(step) ==
        "{\"type\":\"step\",\"step\":1,\"t\":0,\"node\":\"c1\",\"event\":\"started\"}\n");
}

TEST_CASE("drops, faults and violations") {
  CHECK(line(TracedDrop{Instant(7), NodeId{2}, 40}) ==
        "{\"type\":\"drop\",\"t\":7,\"node\":\"n2\",\"message\":40}\n");
  CHECK(
      line(TracedFault{Instant(7), "cut", "cut n1 -> n2", {NodeId{1}}, {{NodeId{1}, NodeId{2}}}}) ==
      "{\"type\":\"fault\",\"t\":7,\"kind\":\"cut\",\"text\":\"cut n1 -> n2\",\"nodes\":[\"n1\"],"
      "\"cut\":[[\"n1\",\"n2\"]]}\n");
  CHECK(line(TracedViolation{Instant(7), 3, NodeId{1}, "election safety", "two leaders"}) ==
        "{\"type\":\"violation\",\"t\":7,\"step\":3,\"node\":\"n1\",\"rule\":\"election safety\","
        "\"text\":\"two leaders\"}\n");
}

TEST_CASE("a trace is its lines") {
  std::ostringstream out;
  write_trace(out, {TracedDrop{Instant(7), NodeId{2}, 40}, TracedDrop{Instant(8), NodeId{2}, 41}});
  CHECK(out.str() ==
        line(TracedDrop{Instant(7), NodeId{2}, 40}) + line(TracedDrop{Instant(8), NodeId{2}, 41}));
}

HistoryOperation operation(std::uint64_t id, std::string verb, std::int64_t from, std::int64_t to) {
  HistoryOperation made;
  made.id = id;
  made.client = client(1);
  made.verb = std::move(verb);
  made.key = "k";
  made.invoked = Instant(from);
  made.returned = Instant(to);
  made.outcome = HistoryOperation::Outcome::ok;
  return made;
}

TEST_CASE("the history is told in order of time, outcomes before invocations") {
  HistoryOperation put = operation(0, "put", 10, 20);
  put.value = "1";
  HistoryOperation get = operation(1, "get", 20, 20);
  HistoryOperation cas = operation(2, "cas", 5, 30);
  cas.value = "2";
  cas.swapped = true;
  HistoryOperation lost = operation(3, "append", 1, 0);
  lost.value = "3";
  lost.outcome = HistoryOperation::Outcome::unknown;
  lost.reason = "timeout";
  HistoryOperation refused = operation(4, "delete", 2, 3);
  refused.outcome = HistoryOperation::Outcome::failed;
  refused.reason = "no leader";
  std::ostringstream out;
  write_history(out, {put, get, cas, lost, refused});
  CHECK(out.str() ==
        R"({"t":1,"client":"c1","id":3,"event":"invoke","verb":"append","key":"k","value":"3"}
{"t":2,"client":"c1","id":4,"event":"invoke","verb":"delete","key":"k"}
{"t":3,"client":"c1","id":4,"event":"fail","reason":"no leader"}
{"t":5,"client":"c1","id":2,"event":"invoke","verb":"cas","key":"k","value":"2","expected":null}
{"t":10,"client":"c1","id":0,"event":"invoke","verb":"put","key":"k","value":"1"}
{"t":20,"client":"c1","id":0,"event":"ok"}
{"t":20,"client":"c1","id":1,"event":"invoke","verb":"get","key":"k"}
{"t":20,"client":"c1","id":1,"event":"ok","found":null}
{"t":30,"client":"c1","id":2,"event":"ok","swapped":true}
{"t":null,"client":"c1","id":3,"event":"unknown","reason":"timeout"}
)");
}

}  // namespace
}  // namespace lockstep::sim
