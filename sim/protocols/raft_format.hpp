// The scenario format of Raft with its key-value store: config, setup, and its words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/raft/config.hpp"
#include "core/raft/types.hpp"
#include "sim/scenario/formats.hpp"

namespace lockstep::sim {

struct RaftSettings {
  raft::Config raft;
  bool read_index = true;  // "reads": "read_index"; false: "local", answered without asking anybody
  bool sessions = true;    // duplicates of a client's request are recognised
};

// What each node finds on its disk when it starts for the first time: nothing, or one record with
// its term, vote and log. The entries are no-ops, so that they mean the same in every log.
struct RaftSetup {
  std::vector<std::optional<raft::Record>> durable;  // [node - 1]
};

[[nodiscard]] ProtocolFormat raft_format();

[[nodiscard]] RaftSettings read_raft_config(Reader& config);
[[nodiscard]] RaftSetup read_raft_setup(Reader& setup, std::uint32_t nodes);

// From the texts a Scenario keeps.
[[nodiscard]] RaftSettings raft_settings(const Scenario& scenario);
[[nodiscard]] RaftSetup raft_setup(const Scenario& scenario);

}  // namespace lockstep::sim
