#include "sim/check/placement.hpp"

#include <algorithm>

namespace lockstep::sim {

void Furthest::note(std::uint32_t lowest, std::uint32_t placed, std::uint32_t state) {
  if (lowest < lowest_) return;
  if (lowest > lowest_) {
    lowest_ = lowest;
    placed_ = 0;
    states_.clear();
  }
  placed_ = std::max(placed_, placed);
  if (states_.size() < most_states &&
      std::find(states_.begin(), states_.end(), state) == states_.end())
    states_.push_back(state);
}

}  // namespace lockstep::sim
