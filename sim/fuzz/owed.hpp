// What a scenario owes once its faults are over.
//
// Progress is owed where a majority is left that is whole, connected and reached by clients, and
// where messages and disks are quick enough for an election to end. A scenario that claims more
// (`expect.recovers_within` below what is owed here, or claimed where nothing is owed) may fail
// with correct code. The answer errs on the side of "nothing is owed".
#pragma once

#include <optional>

#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

// The last instant at which a fault strikes, or ends where nothing undoes it before; 0 without any.
[[nodiscard]] Instant last_disturbance(const Scenario& scenario);

// Whether those that are left can go on: for Raft a majority, for Bully any groups that reach one
// another whole.
[[nodiscard]] bool leaves_enough(const Scenario& scenario);

// The time within which progress is owed after the last disturbance, generously.
[[nodiscard]] std::optional<Duration> owed_within(const Scenario& scenario);

}  // namespace lockstep::sim
