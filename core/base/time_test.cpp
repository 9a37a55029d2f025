#include "core/base/time.hpp"

#include <doctest/doctest.h>

using namespace lockstep;

TEST_CASE("a duration is read exactly and printed in its shortest form") {
  CHECK(parse_duration("150 ms") == milliseconds(150));
  CHECK(parse_duration("1.5s") == milliseconds(1500));
  CHECK(parse_duration("0.000000001 s") == nanoseconds(1));
  CHECK(to_text(milliseconds(1500)) == "1.5 s");
  CHECK(to_text(microseconds(250)) == "250 us");
  CHECK(to_text(nanoseconds(-20)) == "-20 ns");
  CHECK(to_text(Duration(0)) == "0 s");
}

TEST_CASE("what is not a duration is refused") {
  for (const char* text : {"", "1", "ms", "-1 ms", "1..2 s", ".5 s", "5. s", "0.5 ns", "1 parsec",
                           "1e3 ms", "9999999999999 h", "9223372036854775808 ns"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}
