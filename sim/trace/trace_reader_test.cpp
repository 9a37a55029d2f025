#include "sim/trace/trace_reader.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "sim/trace/ndjson.hpp"

namespace lockstep::sim {
namespace {

std::string text_of(const std::vector<TraceLine>& lines) {
  std::ostringstream out;
  write_trace(out, lines);
  return out.str();
}

TEST_CASE("a trace that is read back writes the same lines") {
  const NodeId n1{1}, n2{2}, c1{client_base + 1};
  TracedStep step;
  step.number = 17;
  step.at = Instant(5'000'000);
  step.node = n1;
  step.event = "received";
  step.name = "vote_request";
  step.from = n2;
  step.message = 9;
  step.text = "say \"</hi>\"";
  step.effects = {"send", "set timer"};
  step.sent = {{12, n2, "vote_granted", Instant(6'000'000), ""}, {13, c1, "answer", {}, "cut"}};
  step.role = "follower";
  step.term = 3;
  step.commit = 2;
  step.state = "log 1..4";
  TracedStep bare;
  bare.number = 18;
  bare.node = c1;
  bare.event = "started";
  const std::vector<TraceLine> lines{
      step, bare, TracedDrop{Instant(7), n2, 12},
      TracedFault{Instant(8), "partition", "cut n1 | n2", {n1}, {{n1, n2}, {n2, n1}}},
      TracedViolation{Instant(9), 17, n1, "election safety", "two leaders"}};
  const std::string text = text_of(lines);
  CHECK(text_of(read_trace_ndjson(text)) == text);
  CHECK(read_trace_ndjson("").empty());
}

TEST_CASE("what is no trace is refused with its line") {
  const std::string good = R"({"type":"drop","t":1,"node":"n1","message":9})";
  for (const char* bad : {"{", "[]", "{}", R"({"type":"tea"})", R"({"type":"drop","t":"x"})",
                          R"({"type":"drop","t":1,"node":"x1","message":9})",
                          R"({"type":"step","step":1,"t":1,"event":"e","sent":[{}]})"}) {
    try {
      (void)read_trace_ndjson(good + "\n" + bad + "\n");
      FAIL_CHECK("taken: " << bad);
    } catch (const TraceRefused& error) {
      CHECK(std::string(error.what()).starts_with("line 2: "));
    }
  }
}

}  // namespace
}  // namespace lockstep::sim
