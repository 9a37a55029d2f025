#include "processes/bench/table.hpp"

#include <doctest/doctest.h>

namespace lockstep::processes {
namespace {

nlohmann::ordered_json figures_of(double per_s) {
  return {{"p50_ms", 1.0}, {"per_s", per_s}, {"errors", 0}};
}

nlohmann::ordered_json figures() {
  auto figures = figures_of(20'000);
  figures["etcd"] = figures_of(4000);
  figures["ratio_etcd"] = 5.0;
  figures["zookeeper"] = figures_of(16'000);
  figures["ratio_zookeeper"] = 1.5;
  figures["stages"]["text"] = "where the time went";
  return figures;
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

constexpr Load load{"put_64", 64, true, 5, 2};

TEST_CASE("a ratio below its target is missed, one at its target is not") {
  CHECK(text_of(load, figures()) ==
        "put_64         1.000 ms    20000/s\n"
        "  etcd         1.000 ms     4000/s      5.0 times, at least 5\n"
        "  zookeeper    1.000 ms    16000/s      1.5 times, at least 2  MISSED\n"
        "  where the time went\n");
}

TEST_CASE("a rate has a target of its own") {
  auto alone = figures();
  alone["ratio_etcd"] = alone["ratio_zookeeper"] = nullptr;
  CHECK(has(text_of(post_load, alone), "post_64        1.000 ms    20000/s   at least 10000/s\n"));
  alone["per_s"] = 9999;
  CHECK(has(text_of(post_load, alone), "9999/s   at least 10000/s  MISSED\n"));
}

TEST_CASE("without a target nothing is missed") {
  const std::string text = text_of({"get_64", 64, false, 5, 0}, figures());
  CHECK(has(text, "1.5 times\n"));
  CHECK_FALSE(has(text, "MISSED"));
}

TEST_CASE("what is not installed has no line") {
  auto alone = figures();
  alone["ratio_etcd"] = alone["ratio_zookeeper"] = nullptr;
  CHECK(text_of(load, alone) ==
        "put_64         1.000 ms    20000/s\n"
        "  where the time went\n");
}

TEST_CASE("errors stand with the one that made them") {
  auto troubled = figures();
  troubled["zookeeper"]["errors"] = 3;
  CHECK(has(text_of(load, troubled), "MISSED   3 errors\n"));
}

TEST_CASE("only one connection that writes is about latency") {
  for (const Load& each : loads) CHECK(each.by_latency() == (each.name == std::string("put_1")));
}

}  // namespace
}  // namespace lockstep::processes
