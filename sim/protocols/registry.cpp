#include "sim/protocols/registry.hpp"

#include "core/base/check.hpp"

namespace lockstep::sim {

RunFunction runner_of(std::string_view protocol) {
  if (protocol == "raft") return run_raft;
  if (protocol == "bully") return run_bully;
  if (protocol == "advanced_bully") return run_advanced_bully;
  if (protocol == "lamport") return run_lamport;
  if (protocol == "flood") return run_flood;
  if (protocol == "raft_and_flood") return run_raft_and_flood;
  check(false, "the scenario reader lets known protocols through only");
  return nullptr;
}

}  // namespace lockstep::sim
