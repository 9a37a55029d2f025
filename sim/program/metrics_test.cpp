#include "sim/program/metrics.hpp"

#include <doctest/doctest.h>

namespace lockstep::sim {
namespace {

const std::string header =
    "from_s,operations_begun,operations_ok,operations_failed,latency_p50_ms,latency_p99_ms,"
    "latency_max_ms\n";

HistoryOperation operation(std::int64_t from_ms, std::int64_t until_ms,
                           HistoryOperation::Outcome outcome = HistoryOperation::Outcome::ok) {
  HistoryOperation made;
  made.invoked = Instant() + milliseconds(from_ms);
  made.returned = Instant() + milliseconds(until_ms);
  made.outcome = outcome;
  return made;
}
std::string table(std::int64_t ended_ms, std::vector<HistoryOperation> history) {
  Outcome outcome;
  outcome.ended = Instant() + milliseconds(ended_ms);
  outcome.history = std::move(history);
  return metrics_csv(outcome);
}

TEST_CASE("a row for every second that the run lasted, also for those without operations") {
  CHECK(table(3000, {}) == header + "0,0,0,0,,,\n1,0,0,0,,,\n2,0,0,0,,,\n");
  CHECK(table(2001, {}) == header + "0,0,0,0,,,\n1,0,0,0,,,\n2,0,0,0,,,\n");
  CHECK(table(0, {}) == header + "0,0,0,0,,,\n");
}

TEST_CASE("operations count where they begin and where they end; latencies where they end") {
  CHECK(table(2000, {operation(100, 110), operation(200, 1200), operation(990, 1000)}) ==
        header + "0,3,1,0,10.000000,10.000000,10.000000\n" +
            "1,0,2,0,505.000000,990.100000,1000.000000\n");
}

TEST_CASE("what failed has no latency, what is unknown no end") {
  using Outcome = HistoryOperation::Outcome;
  CHECK(table(2000, {operation(100, 1500, Outcome::failed), operation(200, 0, Outcome::unknown)}) ==
        header + "0,2,0,0,,,\n1,0,0,1,,,\n");
}

TEST_CASE("what ends at the very end counts for the last second") {
  CHECK(table(1000, {operation(500, 1000)}) ==
        header + "0,1,1,0,500.000000,500.000000,500.000000\n");
}

}  // namespace
}  // namespace lockstep::sim
