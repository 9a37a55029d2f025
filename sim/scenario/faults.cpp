#include "sim/scenario/faults.hpp"

#include "core/base/overloaded.hpp"

namespace lockstep::sim {

std::string_view name_of(Burst::Kind kind) {
  switch (kind) {
    case Burst::Kind::lose: return "lose";
    case Burst::Kind::duplicate: return "duplicate";
    case Burst::Kind::corrupt: return "corrupt";
    case Burst::Kind::reorder: return "reorder";
    case Burst::Kind::delay: return "delay";
  }
  return "?";
}

bool takes_nodes(const FaultAction& action) {
  return std::visit(
      Overloaded{[](const Crash&) { return true; }, [](const Wipe&) { return true; },
                 [](const DiskFault& fault) {
                   return fault.kind != DiskFault::Kind::stall &&
                          fault.kind != DiskFault::Kind::full;
                 },
                 [](const Traitor&) { return true; }, [](const Twins&) { return true; },
                 [](const auto&) { return false; }},
      action);
}

std::string key_of(const FaultAction& action) {
  using Key = std::string;
  return std::visit(Overloaded{[](const Partition&) -> Key { return "partition"; },
                               [](const Cut&) -> Key { return "cut"; },
                               [](const Isolate&) -> Key { return "isolate"; },
                               [](const Swizzle&) -> Key { return "swizzle"; },
                               [](const Heal&) -> Key { return "heal"; },
                               [](const Clog&) -> Key { return "clog"; },
                               [](const Burst& burst) { return Key(name_of(burst.kind)); },
                               [](const SlowLink&) -> Key { return "slow_link"; },
                               [](const Throttle&) -> Key { return "throttle"; },
                               [](const Crash&) -> Key { return "crash"; },
                               [](const Wipe&) -> Key { return "wipe"; },
                               [](const Restart&) -> Key { return "restart"; },
                               [](const Pause&) -> Key { return "pause"; },
                               [](const Resume&) -> Key { return "resume"; },
                               [](const SlowDisk&) -> Key { return "slow_disk"; },
                               [](const DiskFault& fault) { return Key(name_of(fault.kind)); },
                               [](const ClockFault&) -> Key { return "clock"; },
                               [](const Traitor&) -> Key { return "traitor"; },
                               [](const Twins&) -> Key { return "twins"; },
                               [](const Measure&) -> Key { return "vitals"; },
                               [](const Tell& tell) -> Key { return tell.verb; }},
                    action);
}

}  // namespace lockstep::sim
