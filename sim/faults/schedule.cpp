#include "sim/faults/schedule.hpp"

#include <algorithm>

#include "core/base/check.hpp"

namespace lockstep::sim {

std::vector<Strike> lay_out(const Scenario& scenario, Random& random) {
  std::vector<Strike> strikes;
  const Instant end = Instant() + scenario.duration;
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const Fault& fault = scenario.faults[i];
    const Instant last = std::min(fault.until, end);
    if (fault.from > end) continue;
    switch (fault.when) {
      case Fault::When::at: strikes.push_back({fault.from, i}); break;
      case Fault::When::every:
        check(fault.period > Duration(0), "a period is longer than nothing");
        for (Instant at = fault.from; at <= last; at = at + fault.period)
          strikes.push_back({at, i});
        break;
      case Fault::When::random:
        for (std::uint32_t k = 0; k < fault.times; ++k) {
          strikes.push_back(
              {Instant(random.between(fault.from.ns(), std::max(fault.from, last).ns())), i});
        }
        break;
    }
  }
  std::stable_sort(strikes.begin(), strikes.end(),
                   [](const Strike& a, const Strike& b) { return a.at < b.at; });
  return strikes;
}

}  // namespace lockstep::sim
