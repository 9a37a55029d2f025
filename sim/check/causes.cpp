#include "sim/check/causes.hpp"

#include <algorithm>

namespace lockstep::sim {

Causes::Causes(std::uint32_t processes) : processes_(processes) {
  for (Process& process : processes_)
    process.lasts = process.clock = std::make_shared<Clock>(processes);
}

Causes::Clock& Causes::own(std::uint32_t process) {
  auto& clock = processes_[process].clock;
  if (clock.use_count() > 1) clock = std::make_shared<Clock>(*clock);
  return *clock;
}

void Causes::stepped(std::uint32_t process) { ++own(process)[process]; }

void Causes::sent(std::uint64_t message, std::uint32_t from) {
  under_way_.emplace(message, processes_[from].clock);
  processes_[from].lasts = processes_[from].clock;
}

void Causes::received(std::uint64_t message, std::uint32_t to) {
  const auto found = under_way_.find(message);
  if (found == under_way_.end()) return;
  Clock& clock = own(to);
  for (std::size_t i = 0; i < clock.size(); ++i) clock[i] = std::max(clock[i], (*found->second)[i]);
  under_way_.erase(found);
}

std::optional<lamport::Stamp> Causes::stamped(std::uint32_t process, lamport::Stamp stamp) {
  const Clock& known = clock(process);
  std::optional<lamport::Stamp> broken;
  for (std::size_t other = 0; other < processes_.size(); ++other) {
    // Times ascend, so the last one that is known is the latest.
    const auto& stamps = processes_[other].stamps;
    const auto above = std::upper_bound(
        stamps.begin(), stamps.end(), known[other],
        [](std::uint32_t event, const Stamping& stamping) { return event < stamping.event; });
    if (above == stamps.begin()) continue;
    const lamport::Stamp before = std::prev(above)->stamp;
    if (before.time >= stamp.time) broken = before;
  }
  processes_[process].stamps.push_back({known[process], stamp});
  return broken;
}

void Causes::outlives(std::uint32_t process, const std::shared_ptr<const Clock>& known) {
  auto& lasts = processes_[process].lasts;
  if ((*known)[process] > (*lasts)[process]) lasts = known;
}

void Causes::crashed(std::uint32_t process) {
  auto& [clock, lasts, stamps] = processes_[process];
  while (!stamps.empty() && stamps.back().event > (*lasts)[process]) stamps.pop_back();
  const std::uint32_t events = (*clock)[process];  // none is counted twice
  clock = std::make_shared<Clock>(*lasts);
  (*clock)[process] = events;
}

}  // namespace lockstep::sim
