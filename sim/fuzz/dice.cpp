#include "sim/fuzz/dice.hpp"

#include <algorithm>

namespace lockstep::sim {

std::size_t Dice::weighted(const std::vector<std::uint32_t>& weights) {
  std::uint64_t total = 0;
  for (const auto weight : weights) total += weight;
  std::uint64_t rest = random_.below(total);
  std::size_t i = 0;
  while (rest >= weights[i]) rest -= weights[i++];
  return i;
}

Duration Dice::duration(Duration low, Duration high) {
  check(Duration(0) < low && low <= high, "a range of durations above zero");
  std::int64_t doublings = 0;
  while ((low.ns() << (doublings + 1)) < high.ns()) ++doublings;
  const std::int64_t from = low.ns() << random_.between(0, doublings);
  const std::int64_t drawn = random_.between(from, std::min(high.ns(), from * 2));
  const std::int64_t grain = drawn >= 2'000'000 ? 100'000 : drawn >= 20'000 ? 1'000 : 1;
  return Duration(std::max(low.ns(), drawn - drawn % grain));
}

}  // namespace lockstep::sim
