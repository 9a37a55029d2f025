// What the exit codes of lockstepctl mean, to scripts. `lockstepctl --help` lists them.
#pragma once

namespace lockstep::ctl {

inline constexpr int exit_ok = 0;
// A missing key, nothing swapped, a log or audit trail that is damaged, a key file that is there.
inline constexpr int exit_no = 1;
inline constexpr int exit_unknown = 2;  // it may have happened, or may yet
inline constexpr int exit_failed = 3;   // it did not happen
inline constexpr int exit_usage = 64;
inline constexpr int exit_no_input = 66;
inline constexpr int exit_no_server = 69;
inline constexpr int exit_internal = 70;
inline constexpr int exit_cannot_write = 74;
inline constexpr int exit_refused = 77;  // by every server that was asked; it did not happen

}  // namespace lockstep::ctl
