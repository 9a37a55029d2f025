// A latency as a scenario writes it: a shape and its parameters.
#pragma once

#include <cstdint>

#include "core/base/time.hpp"

namespace lockstep::sim {

// "constant 1 ms" | "uniform 1..5 ms" | "exponential 5 ms" (mean) | "lognormal 5 ms sigma 0.5"
// (median)
struct Latency {
  enum class Shape : std::uint8_t { constant, uniform, exponential, lognormal };
  Shape shape = Shape::constant;
  Duration low;   // constant: the value; uniform: the lower end; else the mean or median
  Duration high;  // uniform: the upper end
  std::uint32_t sigma_permille = 0;  // lognormal
  friend bool operator==(const Latency&, const Latency&) = default;
};

}  // namespace lockstep::sim
