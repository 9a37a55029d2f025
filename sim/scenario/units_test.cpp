#include "sim/scenario/units.hpp"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::sim;

TEST_CASE("ranges take the unit of their end") {
  CHECK(parse_range("150..300 ms") == DurationRange{milliseconds(150), milliseconds(300)});
  CHECK(parse_range("150 ms..2 s") == DurationRange{milliseconds(150), seconds(2)});
  CHECK(parse_range("1.5 .. 2.5s") == DurationRange{milliseconds(1500), milliseconds(2500)});
  CHECK(parse_range("20 ms") == DurationRange{milliseconds(20), milliseconds(20)});
  for (const char* text :
       {"", "..", "1..2", "1...2 s", "1 ms..", "..2 s", "2 s..1 x", "-1..2 s", "1..2 s "}) {
    CAPTURE(text);
    CHECK_FALSE(parse_range(text).has_value());
  }
}

TEST_CASE("ratios are exact and at most one") {
  CHECK(parse_ratio("1/1000") == Ratio{1, 1000});
  CHECK(parse_ratio("2/4") == Ratio{1, 2});
  CHECK(parse_ratio("0.1 %") == Ratio{1, 1000});
  CHECK(parse_ratio("100%") == Ratio{1, 1});
  CHECK(parse_ratio("0/1") == Ratio{0, 1});
  for (const char* text : {"", "1", "1/0", "3/2", "-1/2", "1/2/3", "0.5", "101 %", "1.5/2", "0/0",
                           "1/99999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ratio(text).has_value());
  }
}

TEST_CASE("sizes, rates and bandwidths") {
  CHECK(parse_size("64 KiB") == 65536u);
  CHECK(parse_size("1.5 kB") == 1500u);
  CHECK(parse_size("0 B") == 0u);
  CHECK_FALSE(parse_size("0.5 B").has_value());
  CHECK_FALSE(parse_size("64").has_value());
  CHECK_FALSE(parse_size("99999999999 GiB").has_value());
  CHECK(parse_rate("50 /s") == Ratio{50, 1});
  CHECK(parse_rate("0.5/s") == Ratio{1, 2});
  CHECK(parse_rate("90 /min") == Ratio{3, 2});
  CHECK_FALSE(parse_rate("50").has_value());
  CHECK_FALSE(parse_rate("50 Hz").has_value());
  CHECK(parse_bandwidth("1 Gbps") == 1'000'000'000u);
  CHECK(parse_bandwidth("2.5 Mbps") == 2'500'000u);
  CHECK_FALSE(parse_bandwidth("1 GB").has_value());
}

TEST_CASE("latencies have four shapes") {
  using Shape = Latency::Shape;
  CHECK(parse_latency("5 ms") == Latency{Shape::constant, milliseconds(5), milliseconds(5), 0});
  CHECK(parse_latency("constant 5 ms") == parse_latency("5 ms"));
  CHECK(parse_latency("uniform 1..5 ms") ==
        Latency{Shape::uniform, milliseconds(1), milliseconds(5), 0});
  CHECK(parse_latency("exponential 5 ms") ==
        Latency{Shape::exponential, milliseconds(5), milliseconds(5), 0});
  CHECK(parse_latency("lognormal 5 ms sigma 0.5") ==
        Latency{Shape::lognormal, milliseconds(5), milliseconds(5), 500});
  for (const char* text :
       {"", "uniform", "uniform 5", "normal 5 ms", "lognormal 5 ms", "gauss",
        "lognormal 5 ms sigma", "lognormal 5 ms sigma 0.0001", "lognormal 5 ms sigma 6", "constant",
        "1..5 ms", " 5 ms", "uniform 1..5 ms "}) {
    CAPTURE(text);
    CHECK_FALSE(parse_latency(text).has_value());
  }
}
