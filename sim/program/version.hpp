// What this build is, for manifests.
#pragma once

#include <string>

namespace lockstep::sim {

[[nodiscard]] std::string version_text();  // "0.1.0"
[[nodiscard]] std::string
commit_text();  // of the checkout at the last configure, "-dirty" appended; "unknown" outside git
[[nodiscard]] std::string compiler_text();    // "g++ 12.2.0"
[[nodiscard]] std::string build_type_text();  // "Release"

}  // namespace lockstep::sim
