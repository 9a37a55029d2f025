// What this build is.
#pragma once

#include <string>

namespace lockstep::node {

[[nodiscard]] std::string version_text();  // "0.1.0"
[[nodiscard]] std::string commit_text();   // of the checkout at the last configure

}  // namespace lockstep::node
