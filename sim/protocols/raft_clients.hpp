// Between a scenario and the replicated store: settings, operations and answers. The same in every
// world that runs the scenario.
#pragma once

#include "core/kv/client_types.hpp"
#include "core/kv/config.hpp"
#include "sim/check/history.hpp"
#include "sim/scenario/scenario.hpp"

namespace lockstep::sim {

// Of a server. REQUIRES: a scenario of the protocol raft.
[[nodiscard]] kv::Config server_config(const Scenario& scenario);
[[nodiscard]] kv::ClientConfig client_config(const Workload& load);

[[nodiscard]] kv::Operation operation_of(const HistoryOperation& wish);
// Fills in what the client was told.
void close_operation(HistoryOperation& operation, const kv::ClientReply& reply);

}  // namespace lockstep::sim
