// JSON as this node writes it: keys in the order they were put, and never anything but UTF-8.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace lockstep::node {

using Json = nlohmann::ordered_json;

[[nodiscard]] inline std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lockstep::node
