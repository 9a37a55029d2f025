// What is durable of a node, looked at before a machine is built on it.
#pragma once

#include <string>
#include <vector>

#include "core/lamport/alphabet.hpp"

namespace lockstep::lamport {

// Why no machine has written these records, oldest first, or nothing. A machine that starts with
// others asserts.
[[nodiscard]] std::string flaw_in(const std::vector<Record>& records);

}  // namespace lockstep::lamport
