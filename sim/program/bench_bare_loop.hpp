// What an event costs when nothing happens in it: a queue of small variants between five counters.
// The floor of the bench.
#pragma once

#include <cstdint>

namespace lockstep::sim {

[[nodiscard]] double bare_loop_ns_per_event(std::uint64_t events);

}  // namespace lockstep::sim
