// What the program's exit codes mean, to scripts and CI.
#pragma once

#include "sim/world/outcome.hpp"

namespace lockstep::sim {

inline constexpr int exit_pass = 0;
inline constexpr int exit_violated = 1;
inline constexpr int exit_undecided = 2;
inline constexpr int exit_not_deterministic = 3;
inline constexpr int exit_usage = 64;
inline constexpr int exit_bad_scenario = 65;
inline constexpr int exit_no_input = 66;
inline constexpr int exit_internal = 70;
inline constexpr int exit_cannot_create = 73;
inline constexpr int exit_interrupted = 130;

constexpr int exit_code(RunVerdict verdict) {
  return verdict == RunVerdict::pass       ? exit_pass
         : verdict == RunVerdict::violated ? exit_violated
                                           : exit_undecided;
}

}  // namespace lockstep::sim
