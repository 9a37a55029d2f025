// What is durable of a node, looked at before a machine is built on it.
#pragma once

#include <string>
#include <vector>

#include "core/advanced_bully/alphabet.hpp"

namespace lockstep::advanced_bully {

// Why no machine has written these records, oldest first, or nothing. A machine that starts with
// others asserts.
[[nodiscard]] std::string flaw_in(const std::vector<Record>& records);

}  // namespace lockstep::advanced_bully
