// Properties: rapidcheck inside doctest.
//
//   TEST_CASE("a sorted list stays sorted") {
//     holds([](Choices& choices) { … DEMAND(sorted(list)); });
//   }
//
// The name of the test case is the property's id, so it must be unique. A property that fails is
// shrunk and prints what it noted about its smallest case, and the RC_PARAMS that repeat it:
//
//   RC_PARAMS="reproduce=…" build/property_tests/property_tests --test-case="a sorted list…"
//
// The seed is fixed unless RC_PARAMS names one ("seed=7"); "max_success=1000" tries ten times as
// many cases of each property.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "property_tests/support/choices.hpp"

namespace lockstep::properties {

struct Effort {
  int cases = 1000;        // where RC_PARAMS has max_success=N: N per cent of it
  int choices = 200;       // the largest cases read about this many
  bool known_bad = false;  // it is meant to fail: RC_PARAMS are not printed
};

// A claim that does not hold in this case.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// For values that a person should see of the smallest case; kept from the case that runs.
void note(const std::string& line);

void holds(const std::function<void(Choices&)>& property, const Effort& effort = {});

// A value with a text of its own, and the steps that make it smaller: rapidcheck's generator of it
// takes these steps, not those of the choices it was drawn from.
struct Shrunk {
  std::string value;   // the smallest that does not hold
  std::string report;  // what holds() would have failed with
};
struct OfTexts {
  std::function<std::string(Choices&)> draw;
  std::function<std::vector<std::string>(const std::string&)> simpler;  // the boldest first
  std::function<void(const std::string&)> property;
};
// Nothing where it holds. For properties whose finding goes on from here, into a file.
[[nodiscard]] std::optional<Shrunk> broken_text(const OfTexts& texts, const Effort& effort = {});

// After holds(): cases of a kind were met at least so often, for a property whose cases are all
// alike would be an empty one. Asked only of a whole run, not when RC_PARAMS repeats one case.
void met(const char* kind, int times, int at_least);

[[noreturn]] void broken(const char* file, int line, const std::string& claim);

}  // namespace lockstep::properties

#define DEMAND(claim)                                                         \
  do {                                                                        \
    if (!(claim)) ::lockstep::properties::broken(__FILE__, __LINE__, #claim); \
  } while (false)
#define DEMAND_EQUAL(a, b)                                                           \
  do {                                                                               \
    if (!((a) == (b)))                                                               \
      ::lockstep::properties::broken(__FILE__, __LINE__,                             \
                                     std::string(#a " == " #b ": ") +                \
                                         doctest::toString(a).c_str() + " is not " + \
                                         doctest::toString(b).c_str());              \
  } while (false)
