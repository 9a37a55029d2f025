#include "core/fencing/token.hpp"

#include <doctest/doctest.h>

#include <type_traits>

using namespace lockstep;
using namespace lockstep::fencing;

static_assert(std::is_trivially_copyable_v<Token>);

TEST_CASE("the epoch decides, then the number") {
  const Token none;
  const Token low{Epoch(1), 9};
  const Token next{Epoch(1), 10};
  const Token later{Epoch(2), 0};
  CHECK(none.none());
  CHECK_FALSE(Token{Epoch(0), 1}.none());
  CHECK_FALSE(later.none());
  CHECK(none < low);
  CHECK(low < next);
  CHECK(next < later);
  CHECK(later == Token{Epoch(2), 0});
}
