#include "sim/scenario/parse_parts.hpp"

namespace lockstep::sim {

// Whether the paths mean anything shows when the points are read, in parse.cpp.
Sweep read_sweep(Reader reader) {
  Sweep sweep;
  for (const auto& [path, value] : reader.value().members()) {
    const auto taken = reader.take(path);
    if (path == "repeat") {
      sweep.repeat = static_cast<std::uint32_t>(value.integer(1, 100'000'000));
      continue;
    }
    if (path == "sweep" || path.rfind("sweep.", 0) == 0 || path.rfind("sweep[", 0) == 0)
      value.fail_at_key("a sweep cannot sweep itself; remove it");
    SweepAxis axis{path, {}};
    for (const Value& item : value.items()) axis.values.push_back(item.json().dump());
    if (axis.values.empty()) value.fail("is empty; list the values to run");
    sweep.axes.push_back(std::move(axis));
  }
  reader.finish();
  return sweep;
}

}  // namespace lockstep::sim
