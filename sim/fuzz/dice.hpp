// Dice: the draws a scenario is made of. Every draw is a call of its own statement where it is
// used, so that the order of evaluation, and with it the scenario of a seed, is the same
// everywhere.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "core/base/random.hpp"
#include "core/base/time.hpp"

namespace lockstep::sim {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(random_.below(bound));
  }
  // Both included.
  std::uint32_t between(std::uint32_t low, std::uint32_t high) {
    return low + below(high - low + 1);
  }
  bool one_in(std::uint32_t n) { return random_.below(n) == 0; }
  template <class T>
  T pick(std::initializer_list<T> items) {
    return *(items.begin() + random_.below(items.size()));
  }
  template <class T>
  const T& pick(const std::vector<T>& items) {
    return random_.pick(items);
  }
  template <class T>
  void shuffle(std::vector<T>& items) {
    random_.shuffle(items);
  }
  // An index, each as likely as its weight; some weight is above 0.
  std::size_t weighted(const std::vector<std::uint32_t>& weights);
  // From low to high, every doubling as likely; rounded to a tenth of a millisecond above 2 ms.
  Duration duration(Duration low, Duration high);
  // The same as a text, "12.3 ms".
  std::string span(Duration low, Duration high) { return to_text(duration(low, high)); }

 private:
  Random random_;
};

}  // namespace lockstep::sim
