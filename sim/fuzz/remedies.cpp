#include "sim/fuzz/remedies.hpp"

#include <algorithm>

#include "core/base/overloaded.hpp"
#include "sim/fabric/fabric.hpp"

namespace lockstep::sim {

Reach reach_of(const std::vector<Target>& targets, std::uint32_t nodes) {
  using Kind = Target::Kind;
  Reach reach;
  for (const Target& target : targets) {
    switch (target.kind) {
      case Kind::node: reach.nodes.insert(target.id.value()); break;
      case Kind::all:
        for (std::uint32_t n = 1; n <= nodes; ++n) reach.nodes.insert(n);
        break;
      case Kind::majority: reach.somebody += nodes / 2 + 1; break;
      case Kind::minority: reach.somebody += (nodes - 1) / 2; break;
      case Kind::client:
      case Kind::clients: reach.clients = true; break;
      case Kind::rest: reach.rest = true; break;
      default: ++reach.somebody;
    }
  }
  return reach;
}

// Every kind stands here by name.
Remedy remedy_of(const FaultAction& action) {
  return std::visit(
      Overloaded{
          [](const Partition&) { return Remedy::heal; }, [](const Cut&) { return Remedy::heal; },
          [](const Isolate&) { return Remedy::heal; }, [](const SlowLink&) { return Remedy::heal; },
          [](const SlowDisk&) { return Remedy::heal; }, [](const Swizzle&) { return Remedy::heal; },
          [](const Clog&) { return Remedy::heal; }, [](const Burst&) { return Remedy::heal; },
          [](const Throttle&) { return Remedy::heal; },
          [](const DiskFault& fault) {
            const bool ends =
                fault.kind == DiskFault::Kind::stall || fault.kind == DiskFault::Kind::full;
            return ends ? Remedy::heal : Remedy::none;
          },
          [](const ClockFault&) { return Remedy::none; },
          [](const Wipe&) { return Remedy::restart; }, [](const Traitor&) { return Remedy::none; },
          [](const Twins&) { return Remedy::none; },
          // One that crashes again while it recovers does so after a restart, too.
          [](const Crash& crash) { return crash.again > 0 ? Remedy::none : Remedy::restart; },
          [](const Pause&) { return Remedy::resume; }, [](const Heal&) { return Remedy::none; },
          [](const Restart&) { return Remedy::none; }, [](const Resume&) { return Remedy::none; },
          [](const Measure&) { return Remedy::none; }, [](const Tell&) { return Remedy::none; }},
      action);
}

Remedy gives(const FaultAction& action) {
  if (std::holds_alternative<Heal>(action)) return Remedy::heal;
  if (std::holds_alternative<Restart>(action)) return Remedy::restart;
  if (std::holds_alternative<Resume>(action)) return Remedy::resume;
  return Remedy::none;
}

std::int64_t strikes_of(const Fault& fault) {
  if (fault.when == Fault::When::at) return 1;
  if (fault.when == Fault::When::random) return fault.times;
  return (fault.until - fault.from).ns() / fault.period.ns() + 1;
}

Duration longest_of(const Latency& latency) {
  switch (latency.shape) {
    case Latency::Shape::constant: return latency.low;
    case Latency::Shape::uniform: return latency.high;
    case Latency::Shape::exponential: return latency.low * 8;
    case Latency::Shape::lognormal: return latency.low * 8;
  }
  return latency.high;
}

Duration aftermath(const Scenario& scenario, const Fault& fault) {
  const std::int64_t strikes = strikes_of(fault);
  if (const auto* slow = std::get_if<SlowLink>(&fault.action)) return slow->by * strikes;
  if (const auto* burst = std::get_if<Burst>(&fault.action)) return longest_of(burst->by) * strikes;
  if (const auto* throttle = std::get_if<Throttle>(&fault.action)) {
    // A batch of entries; bandwidths do not add up.
    const std::uint64_t bytes = 16 * 1024 + std::uint64_t{64} * scenario.workload.value_bytes;
    return transmission_time(bytes, throttle->bandwidth);
  }
  if (const auto* clock = std::get_if<ClockFault>(&fault.action)) {
    // Its time stands still until the clock has caught up, at half of the speed at worst.
    return clock->jump < Duration(0) ? (Duration(0) - clock->jump) * (2 * strikes) : Duration(0);
  }
  return Duration(0);
}

bool is_beyond_claims(const Scenario& scenario, const FaultAction& action) {
  if (const auto* burst = std::get_if<Burst>(&action))
    return burst->kind == Burst::Kind::corrupt && !scenario.network.checksum;
  if (const auto* traitor = std::get_if<Traitor>(&action)) {
    return std::any_of(traitor->does.begin(), traitor->does.end(), [](const Treason& treason) {
      return treason.kind != Treason::Kind::silent;
    });
  }
  return std::holds_alternative<Wipe>(action) || std::holds_alternative<Twins>(action);
}

}  // namespace lockstep::sim
