#include "node/config/value.hpp"

#include <doctest/doctest.h>

namespace lockstep::node {
namespace {

TEST_CASE("UTF-8 is told from what only looks like text") {
  for (const char* text : {"", "plain\n",
                           "se\xC3\xB1"
                           "al",
                           "\xF0\x9F\x8E\xB5"})
    CHECK(is_utf8(text));
  for (const char* text : {"\xFF", "cut \xC3", "overlong \xC0\xAF", "half a pair \xED\xA0\x80"})
    CHECK_FALSE(is_utf8(text));
}

}  // namespace
}  // namespace lockstep::node
