#include "sim/program/version.hpp"

namespace lockstep::sim {

std::string version_text() { return LOCKSTEP_VERSION; }
std::string commit_text() { return LOCKSTEP_COMMIT; }
std::string build_type_text() { return LOCKSTEP_BUILD_TYPE; }
std::string compiler_text() {
#ifdef __clang__
  return "clang++ " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

}  // namespace lockstep::sim
