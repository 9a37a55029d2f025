// Why a server refused: the sentence of its {"outcome":…,"reason":…}, or whatever else it said, on
// one line and cut where it is long.
#pragma once

#include <string>

namespace lockstep::node {

[[nodiscard]] std::string reason_in(const std::string& body);

}  // namespace lockstep::node
