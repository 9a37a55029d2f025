// Whether an error names a part of it; one that does not is shown.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace lockstep::sim {

inline bool says(const std::string& error, std::string_view part) {
  const bool found = error.find(part) != std::string::npos;
  if (!found) MESSAGE(error);
  return found;
}

}  // namespace lockstep::sim
