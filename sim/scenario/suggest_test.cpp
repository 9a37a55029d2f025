#include "sim/scenario/suggest.hpp"

#include <doctest/doctest.h>

using namespace lockstep::sim;

TEST_CASE("the edit distance counts insertions, deletions, substitutions and swaps") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("heartbeat", "hartbeat") == 1);
  CHECK(edit_distance("form", "from") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("a near word is suggested, a far one is not") {
  const std::vector<std::string> words{"latency", "loss", "duplicate"};
  CHECK(suggestion("latancy", words) == "did you mean 'latency'?");
  CHECK(suggestion("los", words) == "did you mean 'loss'?");
  CHECK(suggestion("xyz", words) == "known: latency, loss, duplicate");
  CHECK(suggestion("x", {}) == "there is none here");
}
