#include "sim/program/recording.hpp"

#include <algorithm>

namespace lockstep::sim {

bool Recording::changes_role(const TracedStep& step) {
  auto known = std::find_if(shown_.begin(), shown_.end(),
                            [&](const Shown& s) { return s.node == step.node; });
  if (known == shown_.end()) known = shown_.insert(shown_.end(), {step.node, "", 0});
  const bool changed = known->role != step.role || known->term != step.term;
  known->role = step.role;
  known->term = step.term;
  return changed;
}

void Recording::operator()(TraceLine&& line) {
  if (const auto* step = std::get_if<TracedStep>(&line)) {
    ++steps_;
    const bool change = changes_role(*step);
    if (steps_ > most_ && !change) return;
  } else if (steps_ > most_ && std::holds_alternative<TracedDrop>(line)) {
    return;
  }
  lines_.push_back(std::move(line));
}

}  // namespace lockstep::sim
