#include "sim/stats/windows.hpp"

#include <algorithm>

#include "core/base/check.hpp"

namespace lockstep::sim {

std::vector<Window> in_windows(const std::vector<Reading>& readings, Duration length) {
  check(length.ns() > 0, "a window has a length");
  std::vector<Window> windows;
  if (readings.empty()) return windows;
  const auto [first, last] =
      std::minmax_element(readings.begin(), readings.end(),
                          [](const Reading& a, const Reading& b) { return a.at < b.at; });
  check(first->at.ns() >= 0, "no reading is from before the start");
  const auto place = [&](const Reading& reading) { return reading.at.ns() / length.ns(); };
  const std::int64_t begin = place(*first);
  for (std::int64_t i = begin; i <= place(*last); ++i)
    windows.push_back({Instant((length * i).ns()), {}});
  for (const Reading& reading : readings)
    windows[static_cast<std::size_t>(place(reading) - begin)].values.push_back(reading.value);
  return windows;
}

}  // namespace lockstep::sim
