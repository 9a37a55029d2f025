// check(): states what only a bug could break. It stays on in every build.
//
// A failed check throws CheckFailed. The simulator reports it as a broken rule of the step that
// threw; the real node lets it end the process. Nothing in core catches it, and nothing a peer, a
// disk or a user can send may reach it: that is refused with a named reason instead.
#pragma once

#include <stdexcept>
#include <string>

namespace lockstep {

struct CheckFailed : std::logic_error {
  using std::logic_error::logic_error;
};

[[noreturn]] inline void check_failed(const char* file, int line, const char* claim) {
  throw CheckFailed(std::string(file) + ":" + std::to_string(line) + ": " + claim);
}

inline void check(bool holds, const char* claim, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
  if (!holds) [[unlikely]]
    check_failed(file, line, claim);
}

}  // namespace lockstep
