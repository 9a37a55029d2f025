// What a load of requests against one server measured.
#pragma once

#include <cstdint>

namespace lockstep::processes {

struct LoadResult {
  double per_s = 0;  // answers a second
  double p50_ms = 0;
  std::uint64_t errors = 0;  // answers that say no, and connections that broke
};

}  // namespace lockstep::processes
