#include <doctest/doctest.h>

#include "node/metrics/exposition.hpp"
#include "node/metrics/histogram.hpp"

namespace lockstep::node {
namespace {

TEST_CASE("a histogram counts each time in the smallest bucket that holds it") {
  Histogram times;
  for (const auto us : {1, 10, 11, 5'000'000, 5'000'001, 60'000'000}) times.add(microseconds(us));
  CHECK(times.count() == 6);
  CHECK(times.in(0) == 2);
  CHECK(times.in(1) == 1);
  CHECK(times.in(Histogram::bounds_us.size() - 1) == 1);
  CHECK(times.in(Histogram::bounds_us.size()) == 2);
  CHECK(times.sum() == microseconds(70'000'023));
}

TEST_CASE("quantiles lie in the bucket of their rank; an empty one has none") {
  Histogram times;
  CHECK(times.quantile_ms(0.5) == 0);
  for (int i = 0; i < 99; ++i) times.add(microseconds(150));
  times.add(milliseconds(40));
  CHECK(times.quantile_ms(0.5) > 0.1);
  CHECK(times.quantile_ms(0.5) <= 0.2);
  CHECK(times.quantile_ms(0.999) > 20);
  CHECK(times.quantile_ms(1) <= 50);
}

TEST_CASE("what came since an earlier state") {
  Histogram times;
  times.add(milliseconds(1));
  const Histogram before = times;
  times.add(milliseconds(3));
  const Histogram since = times.since(before);
  CHECK(since.count() == 1);
  CHECK(since.sum() == milliseconds(3));
}

TEST_CASE("metrics in Prometheus's words: help, type, cumulative buckets, labels") {
  Exposition out;
  out.metric("a_total", "counter", "How many.");
  out.value(3, R"(peer="2")");
  CHECK(out.text() == "# HELP a_total How many.\n# TYPE a_total counter\na_total{peer=\"2\"} 3\n");
  Exposition second;
  Histogram times;
  times.add(microseconds(15));
  times.add(microseconds(30));
  second.metric("b_seconds", "histogram", "How long.");
  second.value(times);
  CHECK(second.text().find("b_seconds_bucket{le=\"1e-05\"} 0\n") != std::string::npos);
  CHECK(second.text().find("b_seconds_bucket{le=\"2e-05\"} 1\n") != std::string::npos);
  CHECK(second.text().find("b_seconds_bucket{le=\"+Inf\"} 2\n") != std::string::npos);
  CHECK(second.text().find("b_seconds_count 2\n") != std::string::npos);
  CHECK(label_text("a\"b\\c\nd") == "a\\\"b\\\\c d");
}

}  // namespace
}  // namespace lockstep::node
