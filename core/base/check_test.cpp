#include "core/base/check.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace lockstep;

TEST_CASE("a check that holds does nothing, a broken one says where and what") {
  CHECK_NOTHROW(check(true, "fine"));
  try {
    check(false, "water is dry");
    FAIL("a broken check throws");
  } catch (const CheckFailed& failure) {
    const std::string text = failure.what();
    CHECK(text.find("check_test.cpp:") != std::string::npos);
    CHECK(text.find(": water is dry") != std::string::npos);
  }
}
